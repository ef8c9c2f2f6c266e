//! `vestibule proxy-config envoy-gateway`: the policies of Envoy Gateway that ask Vestibule.

use super::envoy::{ask, yaml};
use super::indent;
use super::kubernetes::{Service, name};
use crate::config::Config;

/// Print policies for Envoy Gateway that are made from the present configuration of Vestibule.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config envoy-gateway --gateway eg --route app | kubectl apply -f -"
)]
pub(in crate::cli) struct EnvoyGateway {
    #[command(flatten)]
    service: Service,
    /// The Gateway.
    #[arg(long, value_name = "NAME", default_value = "eg", value_parser = name)]
    gateway: String,
    /// The application's `HTTPRoute`, in the namespace that the policies are applied to.
    #[arg(long, value_name = "NAME", default_value = "app", value_parser = name)]
    route: String,
}

const HEAD: &str = "\
# Envoy Gateway before Vestibule and an application. Made by `vestibule proxy-config envoy-gateway`: print it anew after a
# change of [listen] or [headers]. What it is for, and what it cannot do: docs/proxies/envoy-gateway-istio.md. Not run in a
# cluster: its fields are those that the API's documentation has.
";

impl EnvoyGateway {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let Service { service, namespace, grpc } = &self.service;
        let port = self.service.port(config)?;
        let names: Vec<String> = config.identity_header_names().iter().map(|name| name.to_lowercase()).collect();
        let backend = format!("backendRefs:\n- name: {service}\n  namespace: {namespace}\n  port: {port}\n");
        let asked = if *grpc {
            format!("grpc:\n{}", indent(&backend, 2))
        } else {
            let http = format!(
                "{backend}# Behind this Envoy writes the path and the query that were asked for.\n\
                 path: /_resolver/forward/envoy\nheadersToBackend:\n{}",
                yaml::list(&names)
            );
            format!("http:\n{}", indent(&http, 2))
        };
        let read = yaml::list(ask::READ);
        let ext_auth = format!(
            "# No answer, and nobody gets to the application.\nfailOpen: false\nheadersToExtAuth:\n{read}{asked}"
        );
        let removed = names.into_iter().chain(REWRITERS.map(str::to_owned));
        Ok(format!(
            "{HEAD}{}{}---\n{}---\n{}",
            self.service.advice(config),
            security(&self.route, &ext_auth),
            traffic(&self.gateway, &yaml::list(removed)),
            grant(&self.service),
        ))
    }
}

/// By these some applications route, or believe a proxy.
const REWRITERS: [&str; 12] = [
    "forwarded",
    "proxy",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-uri",
    "x-forwarded-method",
    "x-original-url",
    "x-original-method",
    "x-rewrite-url",
    "x-http-method-override",
    "x-envoy-original-path",
];

fn security(route: &str, ext_auth: &str) -> String {
    format!(
        "# The application's route asks. The route of the pages must have no such policy: nobody is signed in there yet.\n\
         apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata:\n  name: vestibule\nspec:\n  \
         targetRefs:\n  - group: gateway.networking.k8s.io\n    kind: HTTPRoute\n    name: {route}\n  extAuth:\n{}",
        indent(ext_auth, 4)
    )
}

fn traffic(gateway: &str, removed: &str) -> String {
    format!(
        "# Before a route is chosen: one reading of the path, and nothing that only we or Envoy may say.\n\
         apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata:\n  name: vestibule\nspec:\n  \
         targetRefs:\n  - group: gateway.networking.k8s.io\n    kind: Gateway\n    name: {gateway}\n  path:\n    \
         escapedSlashesAction: RejectRequest\n    disableMergeSlashes: false\n  headers:\n    \
         withUnderscoresAction: DropHeader\n    earlyRequestHeaders:\n      remove:\n{}",
        indent(removed, 6)
    )
}

fn grant(service: &Service) -> String {
    let Service { service, namespace, .. } = service;
    format!(
        "# Lets the policy above name a Service of another namespace.\n\
         apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata:\n  name: vestibule\n  \
         namespace: {namespace}\nspec:\n  from:\n  - group: gateway.envoyproxy.io\n    kind: SecurityPolicy\n    \
         namespace: default   # EDIT: the application's namespace\n  to:\n  - group: \"\"\n    kind: Service\n    \
         name: {service}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::{Args as _, FromArgMatches as _};

    use super::EnvoyGateway;
    use crate::config::Config;

    fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
        let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
        let matches = EnvoyGateway::augment_args(clap::Command::new("x"));
        let matches = matches.try_get_matches_from([&["x"], arguments].concat()).map_err(|error| error.to_string())?;
        EnvoyGateway::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
    }

    const LISTEN: &str = "[listen]\nresolver = [\"unix:/r\", \"0.0.0.0:8481\"]\next_authz = [\"0.0.0.0:8483\"]\n";

    #[test]
    fn over_http() {
        insta::assert_snapshot!(tried(LISTEN, &[]).unwrap());
    }

    #[test]
    fn by_grpc() {
        let trusted = format!("{LISTEN}[proxies]\ntrusted = [\"10.0.0.0/8\"]\n");
        insta::assert_snapshot!(tried(&trusted, &["--grpc", "--route", "wiki", "--namespace", "auth"]).unwrap());
    }

    #[test]
    fn a_socket_file_is_of_no_use_to_another_pod() {
        let said = tried("[listen]\nresolver = [\"unix:/r\"]\n", &[]).unwrap_err();
        assert!(said.contains("listen.resolver has no TCP address"), "{said}");
        assert!(tried(LISTEN, &["--service", "a b"]).is_err());
    }
}
