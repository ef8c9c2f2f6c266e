//! `vestibule proxy-config ingress-nginx`: objects for the Ingress controller of the Kubernetes project.

use super::envoy::yaml;
use super::indent;
use super::kubernetes::{Service, name};
use super::names::{FORWARDED, METHODS};
use super::web::HostName;
use crate::config::Config;

/// Print objects for ingress-nginx that are made from the present configuration of Vestibule. They were not run.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config ingress-nginx --host app.example.com --app app --app-port 80 \\\n    | kubectl apply -f -"
)]
pub(in crate::cli) struct IngressNginx {
    /// The Service before Vestibule.
    #[arg(long, value_name = "NAME", default_value = "vestibule", value_parser = name)]
    service: String,
    /// Its namespace.
    #[arg(long, value_name = "NAME", default_value = "vestibule", value_parser = name)]
    namespace: String,
    /// The application's host. public_url's where the pages are under a path, when it is not given.
    #[arg(long, value_name = "NAME")]
    host: Option<HostName>,
    /// The application's Service.
    #[arg(long, value_name = "NAME", default_value = "app", value_parser = name)]
    app: String,
    /// Its port.
    #[arg(long, value_name = "PORT", default_value_t = 80)]
    app_port: u16,
    /// The application's namespace, where its Ingress is.
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = name)]
    app_namespace: String,
}

const HEAD: &str = "\
# ingress-nginx before Vestibule and an application. Made by `vestibule proxy-config ingress-nginx`: print it anew after a
# change of public_url, [listen] or [headers]. Made by its documentation, and NOT RUN in a cluster. The project gets no more
# corrections since March 2026. What each part is for, and what it cannot do: docs/proxies/ingress-nginx.md.
";

impl IngressNginx {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let url = &config.top.public_url;
        let shared = (!url.path().is_empty()).then(|| url.host());
        let Some(host) = self.host.as_ref().map(HostName::as_str).or(shared) else {
            anyhow::bail!("which host is the application's? Give --host app.example.com");
        };
        if host == url.host() && url.path().is_empty() {
            anyhow::bail!(
                "--host: {host} is the host of public_url too, which has no path: give the pages a path \
                 (public_url = \"{url}/auth\") or a host of their own"
            );
        }
        let of = Service { service: self.service.clone(), namespace: self.namespace.clone(), grpc: false };
        let door = of.port(config)?;
        let public = super::kubernetes::port("listen.public", &config.listen.public)?;
        let app = Place { host, path: "/", service: &self.app, port: self.app_port };
        let own = format!("{}/", url.path());
        let pages = Place { host: url.host(), path: &own, service: &self.service, port: public };
        let asked = self.asks(config, door);
        Ok(format!(
            "{HEAD}{}{}{asked}{}---\n{PAGES}{}{}",
            of.advice(config).replace("Envoy runs", "the controller runs"),
            meta("Ingress", "networking.k8s.io/v1", "vestibule-application", &self.app_namespace),
            app.spec(),
            meta("Ingress", "networking.k8s.io/v1", "vestibule-pages", &self.namespace),
            pages.spec(),
        ) + &maps(&self.app_namespace))
    }

    /// The annotations of the application's Ingress.
    fn asks(&self, config: &Config, port: u16) -> String {
        let names = config.identity_header_names().join(",");
        let at = format!("http://{}.{}.svc.cluster.local:{port}", self.service, self.namespace);
        let annotations = [
            ("auth-url", format!("{at}/_resolver/check/nginx")),
            ("auth-method", "GET".to_owned()),
            ("auth-signin", format!("{}/login", config.top.public_url)),
            ("auth-signin-redirect-param", "return_to".to_owned()),
            ("auth-response-headers", names),
            ("auth-proxy-set-headers", format!("{}/vestibule-question", self.app_namespace)),
            ("enable-global-auth", "false".to_owned()),
            ("proxy-buffer-size", "16k".to_owned()),
        ];
        let lines: String = annotations
            .iter()
            .map(|(name, value)| format!("nginx.ingress.kubernetes.io/{name}: {}\n", yaml::quoted(value)))
            .collect();
        format!("  annotations:\n{}", indent(&lines, 4))
    }
}

/// Where an Ingress leads.
struct Place<'a> {
    host: &'a str,
    path: &'a str,
    service: &'a str,
    port: u16,
}

impl Place<'_> {
    fn spec(&self) -> String {
        let Self { host, path, service, port } = self;
        format!(
            "spec:\n  ingressClassName: nginx\n  tls:\n    - hosts: [{host}]\n      secretName: {}   # EDIT: the certificate\n  \
             rules:\n    - host: {host}\n      http:\n        paths:\n          - path: {}\n            pathType: Prefix\n            \
             backend: {{ service: {{ name: {service}, port: {{ number: {port} }} }} }}\n",
            host.replace('.', "-"),
            yaml::quoted(path)
        )
    }
}

fn meta(kind: &str, version: &str, name: &str, namespace: &str) -> String {
    format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: {namespace}\n")
}

/// What is deleted on the way to Vestibule and to the application: nginx sends no header with an empty value.
fn maps(namespace: &str) -> String {
    // The controller sets these itself, from the connection.
    let own = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-IP", "Proxy"];
    let names = FORWARDED.into_iter().filter(|name| !own.contains(name)).chain(METHODS).chain(["X-Vestibule-Trace"]);
    let deleted: String = names.map(|name| format!("  {name}: \"\"\n")).collect();
    format!(
        "---\n# What a client may not say to Vestibule.\n{}data:\n  X-Vestibule-Trace: \"\"\n---\n\
         # What no client may say to an application. EDIT: the controller's own ConfigMap is to name it, or nothing is deleted:\n\
         # proxy-set-headers: \"{namespace}/vestibule-deletes\". It then holds for every Ingress of the controller.\n\
         {}data:\n{deleted}",
        meta("ConfigMap", "v1", "vestibule-question", namespace),
        meta("ConfigMap", "v1", "vestibule-deletes", namespace),
    )
}

const PAGES: &str = "\
# The pages: nobody is asked who somebody is there.
";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::{Args as _, FromArgMatches as _};

    use super::IngressNginx;
    use crate::config::Config;

    fn tried(toml: &str, arguments: &[&str]) -> Result<String, String> {
        let config = Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap();
        let matches = IngressNginx::augment_args(clap::Command::new("x"));
        let matches = matches.try_get_matches_from([&["x"], arguments].concat()).map_err(|error| error.to_string())?;
        IngressNginx::from_arg_matches(&matches).unwrap().run(&config).map_err(|error| error.to_string())
    }

    const LISTEN: &str = "[listen]\npublic = [\"0.0.0.0:8480\"]\nresolver = [\"unix:/r\", \"0.0.0.0:8481\"]\n";

    #[test]
    fn pages_under_a_path() {
        let toml = format!("public_url = \"https://app.example.com/auth\"\n{LISTEN}");
        insta::assert_snapshot!(tried(&toml, &[]).unwrap());
    }

    #[test]
    fn pages_on_a_host_of_their_own() {
        let own = "public_url = \"https://auth.example.com\"\n";
        let toml =
            format!("{own}{LISTEN}[proxies]\ntrusted = [\"10.0.0.0/8\"]\n[headers.extra]\nRemote-User = \"user.id\"\n");
        let more = ["--host", "wiki.example.com", "--app", "wiki", "--app-port", "3000", "--app-namespace", "wiki"];
        insta::assert_snapshot!(tried(&toml, &more).unwrap());
        assert!(tried(&toml, &[]).unwrap_err().contains("--host"));
        assert!(tried(&toml, &["--host", "auth.example.com"]).unwrap_err().contains("--host"));
    }
}
