# The texts of the pages. Every catalogue has the same keys; a test holds them together.

error-prefix = Error:
error-heading = That did not work
cookie-doubled = Your browser holds two different cookies named “{ $value }” for this site. If you cannot sign in, delete both in the browser's settings and try again.
show = Show
hide = Hide
show-password = Show password
hide-password = Hide password
email = E-mail
name = Name
name-optional = Name (optional)
password = Password
current-password = Current password
new-password = New password
password-hint = At least 8 characters. A few unusual words are better than one with symbols.
login-title = Sign in
login-button = Sign in
login-for = to continue to { $value }
login-signed-out = You are signed out.
login-deleted = Your account is deleted.
login-ended = Your session has ended. Sign in again.
login-wrong = E-mail or password is not right.
login-disabled = This account is disabled. Ask your administrator.
login-signup = Open an account
login-guest = Continue as a guest
login-guest-note = You can open an account later and keep your data.
login-guest-ends = You are here as a guest. When you sign in to an account, your guest session ends for good, and nothing of it goes over to the account.
login-guest-keep = To keep what you did, open an account instead.
login-instead = You are signed in already. That ends when you sign in to another account.
continue-title = You are signed in
continue-as = You are signed in as { $value }.
continue-guest = You are signed in as a guest.
continue-button = Continue
continue-to = Continue to { $value }
continue-other = Use another account
busy = Too many people are signing in at this moment. Try again in a few seconds.
wait-minutes =
    { $count ->
        [one] Wait a minute, then try again.
       *[other] Wait { $count } minutes, then try again.
    }
limited = There were too many attempts.
signup-title = Open an account
signup-button = Open the account
signup-closed = Accounts are made by your administrator here.
signup-taken = There is an account with this e-mail address. Sign in instead, or use another address.
signup-guest = You are here as a guest. What you did so far will belong to the new account.
signup-instead = You are signed in already. That ends when you open another account.
signup-fresh = Start fresh instead: leave the guest's data behind
signup-login = I have an account: sign in
logout-title = Sign out
logout-text = You will be signed out of every application behind this sign-in, in this browser.
logout-guest = You cannot get back into a guest session once you have left it.
logout-button = Sign out
logout-stay = Stay signed in
logout-nobody = You are not signed in.
settings-title = Your account
settings-saved-name = Your name is saved.
settings-saved-email = Your e-mail address is changed.
settings-saved-unverified = It counts as not verified now.
settings-verified = verified
settings-unverified = not verified
settings-roles = Roles
settings-no-roles = none
settings-email-heading = E-mail address
settings-email-new = New e-mail address
settings-email-note = After a change, the address counts as not verified.
settings-save-name = Save the name
settings-save-email = Change the address
settings-more = More
settings-guest = You are here as a guest, in this browser only.
settings-guest-keep = Open an account to keep your data and to sign in elsewhere.
password-title = Change your password
password-button = Change the password
password-done = Your password is changed. Everywhere else you are signed out.
password-wrong = The current password is not right.
sessions-title = Where you are signed in
sessions-this = This browser
sessions-made = Made { $value }
sessions-since = Signed in { $value }
sessions-seen = Last used { $value }
sessions-address = from { $value }
sessions-cli = Session made by your administrator
sessions-cli-note = On the command line, without signing in.
sessions-revoke = Sign out { $value }
sessions-revoke-unknown = Sign out the unknown browser
sessions-revoke-cli = End the administrator's session
sessions-others = Sign out everywhere else
sessions-note = This takes effect at once.
sessions-only = You are signed in nowhere else.
sessions-unknown = Unknown browser
sessions-ended-one = The session is ended. It counts no more.
sessions-ended-others = You are signed out everywhere else.
sessions-on = { $browser } on { $system }
delete-title = Delete your account
delete-text = Your account and all its sessions are deleted at once. This cannot be undone. Applications may keep what they know of you.
delete-button = Delete my account for ever
delete-cancel = Keep my account
back-to-account = Back to your account
email-empty = Type your e-mail address.
email-bad = This is not an e-mail address: it needs a name, one @ and a domain.
email-taken = There is an account with this e-mail address.
name-bad = A name has at most 100 characters and no line breaks.
password-short = A password has at least 8 characters.
password-long = A password has at most 1,024 bytes.
password-empty = Type your password.
current-password-empty = Type your current password.
password-weak = This password is too easy to guess.
ago-now = just now
ago-minutes =
    { $count ->
        [one] a minute ago
       *[other] { $count } minutes ago
    }
ago-hours =
    { $count ->
        [one] an hour ago
       *[other] { $count } hours ago
    }
ago-days =
    { $count ->
        [one] a day ago
       *[other] { $count } days ago
    }
problem-request = Reference for your administrator: { $value }
problem-home = Go to the start
problem-400-title = This request cannot be read
problem-400-text = Go back and try again. If a link brought you here, it is broken.
problem-403-title = This did not come from our own page
problem-403-text = For your safety, forms are only taken from this site's own pages. Open the page again and repeat it there.
problem-404-title = There is no such page
problem-404-text = Check the address, or go to the start.
problem-405-title = This cannot be done here
problem-405-text = Go back and use the page's own buttons.
problem-408-title = Your request did not arrive in time
problem-408-text = Check your connection, then send it again.
problem-413-title = This is too much at once
problem-413-text = Go back and send less.
problem-415-title = This form cannot be read
problem-415-text = Go back and use the page's own form.
problem-429-title = Too many attempts
problem-429-text = Wait a few minutes, then try again.
problem-500-title = Something went wrong
problem-500-text = It is not your fault. Try again; if it stays, tell your administrator when it happened.
problem-503-title = This cannot be done at the moment
problem-503-text = Nothing was changed. Try again in a few seconds.
strength-straight-rows = Straight rows of keys are easy to guess.
strength-short-patterns = Short keyboard patterns are easy to guess.
strength-repeats-aaa = Repeats like “aaa” are easy to guess.
strength-repeats-abcabc = Repeats like “abcabc” are hardly better than “abc”.
strength-this-is-top-10 = This is one of the ten most used passwords.
strength-this-is-top-100 = This is one of the hundred most used passwords.
strength-this-is-common = This is like a password that many people use.
strength-sequences = Sequences like “abc” or “6543” are easy to guess.
strength-recent-years = Recent years are easy to guess.
strength-dates = Dates are often easy to guess.
strength-single-word = A word by itself is easy to guess.
strength-names = Names by themselves are easy to guess.
strength-common-names = Common names are easy to guess.
strength-use-a-few-words = Use a few words, and no common phrase.
strength-no-need-for-symbols = Symbols, digits or capitals are not needed.
strength-add-another-word = Add another word or two, unusual ones.
strength-capitalization = Capitals do not help very much.
strength-all-uppercase = All capitals are nearly as easy to guess as none.
strength-reversed = Words written backwards are not much harder to guess.
strength-substitutions = Replacements like “@” for “a” do not help very much.
strength-longer-keyboard-pattern = Use a longer keyboard pattern with more turns.
strength-avoid-repeats = Avoid repeated words and characters.
strength-avoid-sequences = Avoid sequences.
strength-avoid-recent-years = Avoid recent years.
strength-avoid-associated-years = Avoid years that have to do with you.
strength-avoid-dates = Avoid dates and years that have to do with you.

# Applications that sign people in here.
continue-client = to continue to { $value }
form-post-title = Back to the application
consent-title = Share with an application?
consent-wants = The application asks for:
consent-openid = to know you again
consent-profile = your name
consent-email = your e-mail address
consent-address = your postal address
consent-phone = your phone number
consent-offline = access while you are away
consent-policy = Its privacy policy
consent-tos = Its terms
consent-allow = Allow
consent-cancel = Cancel
again-title = Confirm it is you
again-text = For your security, enter your password once more.
again-button = Confirm
again-wrong = The password is not right.
again-other = Not you? Sign out first
again-changed = By now another account is signed in here than the one that the form was for. Nothing was changed.
step-up-title = You cannot go on with this account
step-up-no-method = What you want to open asks for a way of signing in that your account does not have, such as a second factor. Ask your administrator.
step-up-no-password = What you want to open asks you to confirm that it is you, and your account has no password to do that with. Ask your administrator.
step-up-circle = You have confirmed that it is you, and were asked for it again all the same. Another cookie may sign you in there. Sign out there, or delete that site's cookies in the browser's settings, then sign in again.
problem-client-title = This application cannot sign you in
problem-client-text = Nothing was sent to it. For whoever runs it: { $value }.

# Tokens that people make for their scripts.
in-days =
    { $count ->
        [one] within a day
       *[other] in { $count } days
    }
tokens-title = API tokens
tokens-text = A token lets a script or a program act as you, without your password. Make one for each, so that you can revoke it alone.
tokens-none = You have no tokens.
tokens-unnamed = Token without a name
tokens-whole = It can do everything that you can.
tokens-limited = Limited to { $value }.
tokens-cli-note = Made by your administrator.
tokens-made = Made { $value }
tokens-never = Never used
tokens-ends = Ends { $value }
tokens-revoke = Revoke { $value }
tokens-revoke-unnamed = Revoke the token without a name
tokens-new = Make a token
tokens-label = What it is for
tokens-label-hint = Such as “backup script”. Up to 100 characters.
tokens-expires = It ends in
tokens-days =
    { $count ->
        [one] a day
       *[other] { $count } days
    }
tokens-make = Make the token
tokens-fresh = Your token is made. Copy it now: it is shown this once.
tokens-fresh-label = Your new token
tokens-revoked = The token is revoked.
tokens-label-bad = Say what it is for, in at most 100 characters and one line.
tokens-too-many = You have too many tokens. Revoke some first.

# The applications of an account.
consent-full-access = everything that you can do
consent-full-userinfo = everything that is known of you
apps-title = Applications
apps-text = Applications that you have signed in to, or have allowed something.
apps-none = There are none.
apps-asked = It asked for and got:
apps-never = Not signed in at the moment
apps-since = First used { $value }
apps-third = Not ours: it is run by somebody else.
apps-revoke = Take access away from { $value }
apps-revoked = The application is signed out, and has no access any more.
sessions-app-page = Web application
sessions-app-device = Application on a device
sessions-app-server = Application on a server
sessions-app-third = Application of somebody else
sessions-app-in = in { $value }
sessions-app-here = Signed in through this browser: when it ends, you are signed out here, too.
sessions-token = API token
