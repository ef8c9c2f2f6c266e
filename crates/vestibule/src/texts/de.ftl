# The texts of the pages. Every catalogue has the same keys; a test holds them together.

error-prefix = Fehler:
error-heading = Das hat nicht geklappt
cookie-doubled = Ihr Browser hat zwei verschiedene Cookies namens „{ $value }“ für diese Seite. Wenn die Anmeldung nicht gelingt, löschen Sie beide in den Einstellungen des Browsers und versuchen Sie es noch einmal.
show = Zeigen
hide = Verbergen
show-password = Passwort zeigen
hide-password = Passwort verbergen
email = E-Mail
name = Name
name-optional = Name (freiwillig)
password = Passwort
current-password = Jetziges Passwort
new-password = Neues Passwort
password-hint = Mindestens 8 Zeichen. Ein paar ungewöhnliche Wörter sind besser als eines mit Sonderzeichen.
login-title = Anmelden
login-button = Anmelden
login-for = und weiter zu { $value }
login-signed-out = Sie sind abgemeldet.
login-deleted = Ihr Konto ist gelöscht.
login-ended = Ihre Sitzung ist beendet. Melden Sie sich neu an.
login-wrong = E-Mail oder Passwort stimmt nicht.
login-disabled = Dieses Konto ist gesperrt. Fragen Sie Ihre Administration.
login-signup = Konto eröffnen
login-guest = Als Gast fortfahren
login-guest-note = Sie können später ein Konto eröffnen und Ihre Daten behalten.
login-guest-ends = Sie sind als Gast hier. Wenn Sie sich bei einem Konto anmelden, endet Ihre Sitzung als Gast endgültig, und nichts davon geht auf das Konto über.
login-guest-keep = Eröffnen Sie stattdessen ein Konto, um zu behalten, was Sie getan haben.
login-instead = Sie sind schon angemeldet. Das endet, wenn Sie sich bei einem anderen Konto anmelden.
continue-title = Sie sind angemeldet
continue-as = Sie sind als { $value } angemeldet.
continue-guest = Sie sind als Gast angemeldet.
continue-button = Weiter
continue-to = Weiter zu { $value }
continue-other = Anderes Konto verwenden
busy = Gerade melden sich zu viele gleichzeitig an. Versuchen Sie es in einigen Sekunden noch einmal.
wait-minutes =
    { $count ->
        [one] Warten Sie eine Minute und versuchen Sie es dann noch einmal.
       *[other] Warten Sie { $count } Minuten und versuchen Sie es dann noch einmal.
    }
limited = Das waren zu viele Versuche.
signup-title = Konto eröffnen
signup-button = Konto eröffnen
signup-closed = Konten legt hier Ihre Administration an.
signup-taken = Zu dieser E-Mail-Adresse gibt es ein Konto. Melden Sie sich an oder nehmen Sie eine andere Adresse.
signup-guest = Sie sind als Gast hier. Was Sie bisher getan haben, gehört dann zum neuen Konto.
signup-instead = Sie sind schon angemeldet. Das endet, wenn Sie ein anderes Konto eröffnen.
signup-fresh = Lieber neu beginnen: die Daten des Gastes zurücklassen
signup-login = Ich habe ein Konto: anmelden
logout-title = Abmelden
logout-text = Sie werden in diesem Browser von allen Anwendungen hinter dieser Anmeldung abgemeldet.
logout-guest = In eine Sitzung als Gast kommen Sie nicht zurück, wenn Sie sie verlassen haben.
logout-button = Abmelden
logout-stay = Angemeldet bleiben
logout-nobody = Sie sind nicht angemeldet.
settings-title = Ihr Konto
settings-saved-name = Ihr Name ist gespeichert.
settings-saved-email = Ihre E-Mail-Adresse ist geändert.
settings-saved-unverified = Sie gilt jetzt als nicht bestätigt.
settings-verified = bestätigt
settings-unverified = nicht bestätigt
settings-roles = Rollen
settings-no-roles = keine
settings-email-heading = E-Mail-Adresse
settings-email-new = Neue E-Mail-Adresse
settings-email-note = Nach einer Änderung gilt die Adresse als nicht bestätigt.
settings-save-name = Name speichern
settings-save-email = Adresse ändern
settings-more = Weiteres
settings-guest = Sie sind als Gast hier, nur in diesem Browser.
settings-guest-keep = Eröffnen Sie ein Konto, um Ihre Daten zu behalten und sich auch anderswo anzumelden.
password-title = Passwort ändern
password-button = Passwort ändern
password-done = Ihr Passwort ist geändert. Überall sonst sind Sie abgemeldet.
password-wrong = Das jetzige Passwort stimmt nicht.
sessions-title = Wo Sie angemeldet sind
sessions-this = Dieser Browser
sessions-made = Angelegt { $value }
sessions-since = Angemeldet { $value }
sessions-seen = Zuletzt benutzt { $value }
sessions-address = von { $value }
sessions-cli = Sitzung von Ihrer Administration
sessions-cli-note = Auf der Kommandozeile, ohne Anmeldung.
sessions-revoke = { $value } abmelden
sessions-revoke-unknown = Den unbekannten Browser abmelden
sessions-revoke-cli = Die Sitzung der Administration beenden
sessions-others = Überall sonst abmelden
sessions-note = Das wirkt sofort.
sessions-only = Sie sind nirgends sonst angemeldet.
sessions-unknown = Unbekannter Browser
sessions-ended-one = Die Sitzung ist beendet. Sie gilt nicht mehr.
sessions-ended-others = Sie sind überall sonst abgemeldet.
sessions-on = { $browser } auf { $system }
delete-title = Konto löschen
delete-text = Ihr Konto und alle seine Sitzungen werden sofort gelöscht. Das lässt sich nicht rückgängig machen. Anwendungen behalten womöglich, was sie von Ihnen wissen.
delete-button = Mein Konto endgültig löschen
delete-cancel = Mein Konto behalten
back-to-account = Zurück zum Konto
email-empty = Geben Sie Ihre E-Mail-Adresse ein.
email-bad = Das ist keine E-Mail-Adresse: Sie braucht einen Namen, ein @ und eine Domain.
email-taken = Zu dieser E-Mail-Adresse gibt es ein Konto.
name-bad = Ein Name hat höchstens 100 Zeichen und keine Zeilenumbrüche.
password-short = Ein Passwort hat mindestens 8 Zeichen.
password-long = Ein Passwort hat höchstens 1.024 Bytes.
password-empty = Geben Sie Ihr Passwort ein.
current-password-empty = Geben Sie Ihr jetziges Passwort ein.
password-weak = Dieses Passwort ist zu leicht zu erraten.
ago-now = gerade eben
ago-minutes =
    { $count ->
        [one] vor einer Minute
       *[other] vor { $count } Minuten
    }
ago-hours =
    { $count ->
        [one] vor einer Stunde
       *[other] vor { $count } Stunden
    }
ago-days =
    { $count ->
        [one] vor einem Tag
       *[other] vor { $count } Tagen
    }
problem-request = Kennzeichen für Ihre Administration: { $value }
problem-home = Zum Anfang
problem-400-title = Diese Anfrage ist nicht lesbar
problem-400-text = Gehen Sie zurück und versuchen Sie es noch einmal. Wenn ein Link Sie hierher brachte, ist er kaputt.
problem-403-title = Das kam nicht von unserer eigenen Seite
problem-403-text = Zu Ihrer Sicherheit werden Formulare nur von Seiten dieser Site angenommen. Öffnen Sie die Seite neu und wiederholen Sie es dort.
problem-404-title = Diese Seite gibt es nicht
problem-404-text = Prüfen Sie die Adresse oder gehen Sie zum Anfang.
problem-405-title = Das geht hier nicht
problem-405-text = Gehen Sie zurück und benutzen Sie die Knöpfe der Seite.
problem-408-title = Ihre Anfrage kam nicht rechtzeitig an
problem-408-text = Prüfen Sie Ihre Verbindung und senden Sie sie noch einmal.
problem-413-title = Das ist zu viel auf einmal
problem-413-text = Gehen Sie zurück und senden Sie weniger.
problem-415-title = Dieses Formular ist nicht lesbar
problem-415-text = Gehen Sie zurück und benutzen Sie das Formular der Seite.
problem-429-title = Zu viele Versuche
problem-429-text = Warten Sie einige Minuten und versuchen Sie es dann noch einmal.
problem-500-title = Etwas ist schiefgegangen
problem-500-text = Es liegt nicht an Ihnen. Versuchen Sie es noch einmal; wenn es bleibt, sagen Sie Ihrer Administration, wann es geschah.
problem-503-title = Das geht im Augenblick nicht
problem-503-text = Es wurde nichts geändert. Versuchen Sie es in einigen Sekunden noch einmal.
strength-straight-rows = Tastenreihen sind leicht zu erraten.
strength-short-patterns = Kurze Tastaturmuster sind leicht zu erraten.
strength-repeats-aaa = Wiederholungen wie „aaa“ sind leicht zu erraten.
strength-repeats-abcabc = Wiederholungen wie „abcabc“ sind kaum besser als „abc“.
strength-this-is-top-10 = Das ist eines der zehn meistbenutzten Passwörter.
strength-this-is-top-100 = Das ist eines der hundert meistbenutzten Passwörter.
strength-this-is-common = Das ähnelt einem Passwort, das viele benutzen.
strength-sequences = Folgen wie „abc“ oder „6543“ sind leicht zu erraten.
strength-recent-years = Jahreszahlen sind leicht zu erraten.
strength-dates = Datumsangaben sind oft leicht zu erraten.
strength-single-word = Ein einzelnes Wort ist leicht zu erraten.
strength-names = Namen allein sind leicht zu erraten.
strength-common-names = Häufige Namen sind leicht zu erraten.
strength-use-a-few-words = Nehmen Sie ein paar Wörter und keine Redewendung.
strength-no-need-for-symbols = Sonderzeichen, Ziffern oder Großbuchstaben sind nicht nötig.
strength-add-another-word = Fügen Sie ein, zwei ungewöhnliche Wörter hinzu.
strength-capitalization = Großbuchstaben helfen nicht viel.
strength-all-uppercase = Nur Großbuchstaben sind fast so leicht zu erraten wie keine.
strength-reversed = Rückwärts geschriebene Wörter sind kaum schwerer zu erraten.
strength-substitutions = Ersetzungen wie „@“ für „a“ helfen nicht viel.
strength-longer-keyboard-pattern = Nehmen Sie ein längeres Tastaturmuster mit mehr Wendungen.
strength-avoid-repeats = Vermeiden Sie Wiederholungen.
strength-avoid-sequences = Vermeiden Sie Folgen.
strength-avoid-recent-years = Vermeiden Sie Jahreszahlen.
strength-avoid-associated-years = Vermeiden Sie Jahre, die mit Ihnen zu tun haben.
strength-avoid-dates = Vermeiden Sie Daten und Jahre, die mit Ihnen zu tun haben.

# Anwendungen, die hier anmelden.
continue-client = und weiter zu { $value }
form-post-title = Zurück zur Anwendung
consent-title = Mit einer Anwendung teilen?
consent-wants = Die Anwendung möchte:
consent-openid = Sie wiedererkennen
consent-profile = Ihren Namen
consent-email = Ihre E-Mail-Adresse
consent-address = Ihre Postanschrift
consent-phone = Ihre Telefonnummer
consent-offline = Zugriff, während Sie nicht da sind
consent-policy = Ihre Datenschutzerklärung
consent-tos = Ihre Bedingungen
consent-allow = Erlauben
consent-cancel = Abbrechen
again-title = Bestätigen Sie, dass Sie es sind
again-text = Geben Sie zu Ihrer Sicherheit Ihr Passwort noch einmal ein.
again-button = Bestätigen
again-wrong = Das Passwort stimmt nicht.
again-other = Das sind nicht Sie? Melden Sie sich zuerst ab
again-changed = Inzwischen ist hier ein anderes Konto angemeldet als das, für das dieses Formular war. Es wurde nichts geändert.
step-up-title = Mit diesem Konto geht es hier nicht weiter
step-up-no-method = Was Sie öffnen wollen, verlangt eine Art der Anmeldung, die Ihr Konto nicht hat, zum Beispiel einen zweiten Faktor. Fragen Sie Ihre Administration.
step-up-no-password = Was Sie öffnen wollen, verlangt eine Bestätigung, dass Sie es sind, und Ihr Konto hat dafür kein Passwort. Fragen Sie Ihre Administration.
step-up-circle = Sie haben bestätigt, dass Sie es sind, und wurden trotzdem noch einmal gefragt. Vielleicht meldet ein anderes Cookie Sie dort an. Melden Sie sich dort ab, oder löschen Sie die Cookies dieser Seite in den Einstellungen des Browsers, und melden Sie sich dann neu an.
problem-client-title = Diese Anwendung kann Sie nicht anmelden
problem-client-text = Ihr wurde nichts mitgeteilt. Für ihre Betreiber: { $value }.

# Tokens, die sich jemand für Skripte anlegt.
in-days =
    { $count ->
        [one] innerhalb eines Tages
       *[other] in { $count } Tagen
    }
tokens-title = API-Tokens
tokens-text = Mit einem Token handelt ein Skript oder Programm als Sie, ohne Ihr Passwort. Machen Sie für jedes ein eigenes, dann können Sie es einzeln widerrufen.
tokens-none = Sie haben keine Tokens.
tokens-unnamed = Token ohne Namen
tokens-whole = Es darf alles, was Sie dürfen.
tokens-limited = Begrenzt auf { $value }.
tokens-cli-note = Von Ihrer Administration angelegt.
tokens-made = Angelegt { $value }
tokens-never = Nie benutzt
tokens-ends = Endet { $value }
tokens-revoke = { $value } widerrufen
tokens-revoke-unnamed = Das Token ohne Namen widerrufen
tokens-new = Token anlegen
tokens-label = Wofür es ist
tokens-label-hint = Zum Beispiel „Sicherungsskript“. Bis zu 100 Zeichen.
tokens-expires = Es endet in
tokens-days =
    { $count ->
        [one] einem Tag
       *[other] { $count } Tagen
    }
tokens-make = Token anlegen
tokens-fresh = Ihr Token ist angelegt. Kopieren Sie es jetzt: Es wird nur dieses eine Mal gezeigt.
tokens-fresh-label = Ihr neues Token
tokens-revoked = Das Token ist widerrufen.
tokens-label-bad = Sagen Sie, wofür es ist: höchstens 100 Zeichen, in einer Zeile.
tokens-too-many = Sie haben zu viele Tokens. Widerrufen Sie erst einige.

# Die Anwendungen eines Kontos.
consent-full-access = alles, was Sie dürfen
consent-full-userinfo = alles, was über Sie bekannt ist
apps-title = Anwendungen
apps-text = Anwendungen, bei denen Sie sich angemeldet oder denen Sie etwas erlaubt haben.
apps-none = Es gibt keine.
apps-asked = Sie wollte und bekam:
apps-never = Zurzeit nicht angemeldet
apps-since = Zuerst benutzt { $value }
apps-third = Nicht von uns: Jemand anderes betreibt sie.
apps-revoke = { $value } den Zugriff entziehen
apps-revoked = Die Anwendung ist abgemeldet und hat keinen Zugriff mehr.
sessions-app-page = Webanwendung
sessions-app-device = Anwendung auf einem Gerät
sessions-app-server = Anwendung auf einem Server
sessions-app-third = Anwendung von jemand anderem
sessions-app-in = in { $value }
sessions-app-here = Über diesen Browser angemeldet: Wenn sie endet, sind Sie auch hier abgemeldet.
sessions-token = API-Token
