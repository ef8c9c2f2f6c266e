//! What can come through: each kind with why it is dangerous. [`super::remedy`] has the line that closes it.

/// A kind of hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hole {
    /// Identity headers of these names, as the client wrote them.
    Identity(Vec<String>),
    /// Identity headers with `_` for `-`.
    Underscores,
    /// Identity headers with another sign for `-`.
    OddSigns,
    /// A client takes our identity headers away.
    Nominated,
    /// The application is not told who it is.
    NotTold,
    /// Nobody is asked.
    Unguarded,
    /// A header of these names is believed by the proxy or by Vestibule.
    Believed(Vec<String>),
    /// Headers of these names, by which the application could be led astray.
    Described(Vec<String>),
    /// The client says where it is.
    Address(Vec<String>),
    /// HTTP/2 through an upgrade.
    Upgrade,
    /// A path that programs read in different ways.
    Path,
    /// A path that is another one behind the proxy.
    Rewritten,
    /// A path that gets past the rules.
    Bypass,
    /// Any host.
    AnyHost,
    /// Two hosts in one request.
    TwoHosts,
    /// Our cookies at the application.
    Cookies,
    /// Of two sessions one counts.
    Tossed,
    /// Our doors from outside.
    Door,
    /// What operators look at, from outside.
    Ops,
    /// A session that has ended still counts.
    Revoked,
}

impl Hole {
    /// Whether it may be as it is meant to be: many applications serve every host.
    pub(super) const fn is_note(&self) -> bool {
        matches!(self, Self::AnyHost)
    }

    /// Why it matters.
    #[expect(clippy::too_many_lines, reason = "a table, a sentence a row")]
    pub(super) const fn why(&self) -> &'static str {
        match self {
            Self::Identity(_) => {
                "The application believes these headers. Whoever sends them is whoever they like, with the roles that they like."
            }
            Self::Underscores | Self::OddSigns => {
                "Applications behind CGI, WSGI, PHP and Rack read `X_User_Id`, and some of them `X.User.Id`, as `X-User-Id`: \
                 whoever sends it is whoever they like."
            }
            Self::Nominated => {
                "A header that `Connection` names is removed on the way, and the proxy removes what we have set: a person \
                 becomes nobody, or loses what an application restricts them by."
            }
            Self::NotTold => {
                "Either this way to the application does not ask Vestibule, or what it answers gets lost. Then nothing that \
                 the application believes about people comes from Vestibule."
            }
            Self::Unguarded => {
                "The rules refuse this request, and the proxy lets it pass: it does not ask whether it may."
            }
            Self::Believed(_) => {
                "With such a header a client describes another request than its own, and is judged by that: it chooses \
                 which rule counts."
            }
            Self::Described(_) => {
                "Frameworks route, build links, or choose the method by such headers: what the application does is then \
                 another thing than what the proxy and the rules have looked at."
            }
            Self::Address(_) => {
                "Applications limit, log and allow by the address that stands there, and the client has invented it."
            }
            Self::Upgrade => {
                "An application that speaks h2c answers 101, and from then on the proxy passes bytes on: every further request \
                 over that connection reaches the application unasked, with the headers that the client likes."
            }
            Self::Path => {
                "Programs read such a path in different ways, so that what a location or a rule was chosen by is not what \
                 the application does."
            }
            Self::Rewritten => {
                "The application is asked for another path than the client sent. Whoever decides by the one, location or \
                 application, has not seen the other."
            }
            Self::Bypass => {
                "What needs somebody's permission was had without it, by a path that two programs read differently."
            }
            Self::AnyHost => {
                "The application gets a `Host` that is not its own. Some build links from it, into mails that reset a \
                 password for example. If it does not, nothing is lost."
            }
            Self::TwoHosts => "Of two hosts in one request, one program takes the first and another the last.",
            Self::Cookies => {
                "Whoever has such a secret is that person, everywhere. The application does not need it, and it, its logs \
                 and its error pages can lose it."
            }
            Self::Tossed => {
                "Who may set a cookie on a neighbouring host can put a session of their own beside a person's. Vestibule \
                 refuses both when it sees both; here it has seen one."
            }
            Self::Door => {
                "These doors are for the proxy. From outside they say who somebody is to any page or program that asks, and \
                 whoever asks describes the request that is judged."
            }
            Self::Ops => "The listener for operators tells how much is going on, and is for operators.",
            Self::Revoked => "Whoever has been signed out, disabled or lost a role goes on until this ends.",
        }
    }
}
