//! The listeners of the configuration, bound, and what answers behind each.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::config::sections::Listen;
use crate::listen::{BindError, Closer, ListenAddress, Listener};
use crate::resolver;
use crate::resolver::envoy;
use crate::resolver::threads::Loops;
use crate::wire::router::RouterService;

/// How long those may take to come in who wait before a door that closes.
const LAST_CALL: Duration = Duration::from_secs(1);

/// What answers proxies: over HTTP, and Envoy's by gRPC.
pub(super) struct Doors {
    pub(super) resolver: resolver::Service,
    pub(super) ext_authz: envoy::Service,
}

/// Bound, and not yet answered.
pub(super) struct Listeners {
    public: Vec<Listener>,
    resolver: Vec<Listener>,
    ext_authz: Vec<Listener>,
    ops: Vec<Listener>,
    closers: Vec<Closer>,
}

impl Listeners {
    /// Binds all, or none.
    pub(super) fn bind(listen: &Listen, loops: &Loops) -> Result<Self, BindError> {
        let all = |key: &str, addresses: &[ListenAddress]| {
            let bind = |(index, address)| {
                let listener = Listener::bind(&format!("listen.{key}[{index}]"), address)?;
                if let ListenAddress::Unix(unix) = address
                    && unix.lets_everybody_in()
                {
                    tracing::warn!(listener = %listener, "every user of this machine may connect here and is believed as a proxy is");
                }
                Ok(listener)
            };
            addresses.iter().enumerate().map(bind).collect::<Result<Vec<_>, BindError>>()
        };
        let (resolver, ext_authz) = {
            let _on_the_loop_that_accepts = loops.first().enter();
            (all("resolver", &listen.resolver)?, all("ext_authz", &listen.ext_authz)?)
        };
        let (public, ops) = (all("public", &listen.public)?, all("ops", &listen.ops)?);
        let closers = public.iter().chain(&resolver).chain(&ext_authz).map(Listener::closer).collect();
        Ok(Self { public, resolver, ext_authz, ops, closers })
    }

    /// Opens the doors of the proxies and of people. They close, and socket files go, by [`Self::close`].
    pub(super) fn open(&mut self, doors: &Doors, loops: &Loops, pages: &RouterService) -> JoinSet<()> {
        let Doors { resolver, ext_authz } = doors;
        let mut doors = JoinSet::new();
        for listener in self.resolver.drain(..) {
            tracing::info!(address = %listener, "the resolver listens");
            let (resolver, loops) = (resolver.clone(), loops.clone());
            let first = loops.first().clone();
            doors.spawn_on(async move { resolver.accept_on(&listener, &loops).await }, &first);
        }
        for listener in self.ext_authz.drain(..) {
            tracing::info!(address = %listener, "Envoy's ext_authz by gRPC listens");
            let (ext_authz, loops) = (ext_authz.clone(), loops.clone());
            let first = loops.first().clone();
            doors.spawn_on(async move { ext_authz.accept_on(&listener, &loops).await }, &first);
        }
        open_pages(&mut doors, self.public.drain(..), pages, "the pages listen");
        doors
    }

    /// Closes the doors of the proxies and of people, behind everybody who waits before them.
    pub(super) async fn close(&self, mut doors: JoinSet<()>) {
        self.closers.iter().for_each(Closer::close);
        let all = async { while doors.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_CALL, all).await.is_err() {
            tracing::warn!("connections were left waiting: every seat is taken");
        }
    }

    /// Opens the door of operators, who still ask when the others are closed.
    pub(super) fn open_ops(&mut self, pages: &RouterService) -> JoinSet<()> {
        let mut doors = JoinSet::new();
        open_pages(&mut doors, self.ops.drain(..), pages, "health and metrics listen");
        doors
    }
}

fn open_pages(
    doors: &mut JoinSet<()>,
    listeners: impl Iterator<Item = Listener>,
    pages: &RouterService,
    what: &'static str,
) {
    for listener in listeners {
        tracing::info!(address = %listener, "{what}");
        let pages = pages.clone();
        doors.spawn(async move { pages.accept_on(&listener).await });
    }
}
