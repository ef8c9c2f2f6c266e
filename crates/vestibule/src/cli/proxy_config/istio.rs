//! `vestibule proxy-config istio`: the mesh's provider and the policies that ask Vestibule at the ingress gateway.

use super::envoy::{ask, listener, yaml};
use super::indent;
use super::kubernetes::Service;
use crate::config::Config;

/// Print what Istio needs, made from the present configuration of Vestibule.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule proxy-config istio --service vestibule --namespace auth")]
pub(in crate::cli) struct Istio {
    #[command(flatten)]
    service: Service,
}

const HEAD: &str = "\
# Istio's ingress gateway before Vestibule and applications. Made by `vestibule proxy-config istio`: print it anew after a
# change of public_url, [listen] or [headers]. What it is for, and what it cannot do: docs/proxies/envoy-gateway-istio.md.
# Not run in a cluster: its fields are those that the API's documentation has.
";

const MESH: &str = "\
# ---- 1. Into the mesh's configuration (`istioctl install -f`, or `meshConfig` of the Helm chart): whom to ask, and one
# reading of the path.
";

const POLICIES: &str = "\
# ---- 2. `kubectl apply -f`: who asks, and what is taken out before.
";

impl Istio {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let port = self.service.port(config)?;
        let Service { service, namespace, grpc } = &self.service;
        let asked = format!("service: {service}.{namespace}.svc.cluster.local\nport: {port}\n{SETTINGS}");
        let provider = if *grpc {
            format!("- name: vestibule\n  envoyExtAuthzGrpc:\n{}", indent(&asked, 4))
        } else {
            let names = config.identity_header_names().into_iter().map(|name| name.to_lowercase());
            let http = format!(
                "{asked}# Behind this Envoy writes the path and the query that were asked for.\n\
                 pathPrefix: /_resolver/forward/envoy\nincludeRequestHeadersInCheck:\n{}headersToUpstreamOnAllow:\n{}\
                 headersToDownstreamOnDeny: [location, www-authenticate, cache-control]\n",
                yaml::list(ask::READ),
                yaml::list(names),
            );
            format!("- name: vestibule\n  envoyExtAuthzHttp:\n{}", indent(&http, 4))
        };
        Ok(format!(
            "{HEAD}{}\n{MESH}meshConfig:\n  pathNormalization:\n    normalization: MERGE_SLASHES\n  \
             extensionProviders:\n{}\n{POLICIES}{}---\n{}",
            self.service.advice(config),
            indent(&provider, 2),
            policy(config),
            filter(config),
        ))
    }
}

const SETTINGS: &str = "\
timeout: 2s
# No answer in time, and nobody gets to an application.
failOpen: false
statusOnError: \"503\"
";

/// Everything but the pages asks: nobody is signed in there yet.
fn policy(config: &Config) -> String {
    let url = &config.top.public_url;
    let (kind, pages) = match url.path() {
        "" => ("notHosts", vec![url.host().to_owned(), format!("{}:*", url.host())]),
        path => ("notPaths", vec![path.to_owned(), format!("{path}/*")]),
    };
    format!(
        "# Everything that comes through the gateway asks, but for our pages.\n\
         apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: vestibule\n  \
         namespace: istio-system   # EDIT: the gateway's namespace, and its label below\nspec:\n  selector:\n    \
         matchLabels: {{ istio: ingressgateway }}\n  action: CUSTOM\n  provider: {{ name: vestibule }}\n  rules:\n  \
         - to:\n    - operation:\n        {kind}:\n{}",
        indent(&yaml::list(pages), 8)
    )
}

/// Names in every spelling can be taken out by Envoy's own settings only.
fn filter(config: &Config) -> String {
    let settings = format!(
        "\"@type\": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager\n{}",
        listener::removed(config, false)
    );
    format!(
        "# What only we or Envoy may say, in every spelling, out before a route is chosen and before anybody is asked. Is there\n\
         # a proxy before the gateway, take `forwarded` out of the pattern, and tell Istio of it (numTrustedProxies).\n\
         apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata:\n  name: vestibule\n  \
         namespace: istio-system\nspec:\n  workloadSelector:\n    labels: {{ istio: ingressgateway }}\n  configPatches:\n  \
         - applyTo: NETWORK_FILTER\n    match:\n      context: GATEWAY\n      listener:\n        filterChain:\n          \
         filter: {{ name: envoy.filters.network.http_connection_manager }}\n    patch:\n      operation: MERGE\n      \
         value:\n        typed_config:\n{}",
        indent(&settings, 10)
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::{Args as _, FromArgMatches as _};

    use super::Istio;
    use crate::config::Config;

    fn printed(toml: &str, arguments: &[&str]) -> String {
        let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
        let command = Istio::augment_args(clap::Command::new("x"));
        let matches = command.try_get_matches_from([&["x"], arguments].concat()).unwrap();
        Istio::from_arg_matches(&matches).unwrap().run(&config).unwrap()
    }

    #[test]
    fn over_http_with_pages_on_a_host_of_their_own() {
        insta::assert_snapshot!(printed("public_url = \"https://auth.example.com\"\n", &["--namespace", "auth"]));
    }

    #[test]
    fn by_grpc_with_pages_under_a_path() {
        let toml = "public_url = \"https://app.example.com/auth\"\n[listen]\next_authz = [\"0.0.0.0:8483\"]\n\
                    [proxies]\ntrusted = [\"10.0.0.0/8\"]\n[headers.extra]\nRemote-User = \"user.id\"\n";
        insta::assert_snapshot!(printed(toml, &["--grpc"]));
    }
}
