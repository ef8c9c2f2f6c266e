//! Style sheets, the script and the logo, under names that change with their content, so that browsers keep them.

use std::hash::{DefaultHasher, Hasher as _};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

use super::brand;
use super::links::Links;
use super::problem::Problem;
use super::site::Site;
use crate::config::appearance::Accent;
use crate::routes::path;

/// A file that a page refers to.
#[derive(Debug)]
struct Asset {
    /// With the hash of the content: `app.0123456789abcdef.css`.
    name: String,
    kind: &'static str,
    bytes: Bytes,
}

/// The files, and where pages find them.
#[derive(Debug)]
pub struct Assets {
    files: [Asset; 4],
    /// The operator's colour, before [`Self::style`].
    pub brand: String,
    /// The look.
    pub style: String,
    /// The script that no page needs.
    pub script: String,
    /// The operator's logo, or the mark that stands in for it.
    pub logo: String,
}

impl Assets {
    /// With the operator's colour and logo: the logo's file name, which says its type, and its content.
    #[must_use]
    pub fn new(accent: Accent, logo: Option<(String, Vec<u8>)>, links: &Links) -> Self {
        let brand = Asset::new("brand", "css", brand::style_sheet(accent).into());
        let style = Asset::new("app", "css", Bytes::from_static(include_bytes!("../assets/app.css")));
        let script = Asset::new("app", "js", Bytes::from_static(include_bytes!("../assets/app.js")));
        let logo = match logo {
            Some((file, bytes)) => Asset::new("logo", file.rsplit('.').next().unwrap_or_default(), bytes.into()),
            None => Asset::new("logo", "svg", brand::mark(accent).into()),
        };
        let url = |asset: &Asset| links.to(&path::ASSET.replace("{file}", &asset.name));
        Self {
            brand: url(&brand),
            style: url(&style),
            script: url(&script),
            logo: url(&logo),
            files: [brand, style, script, logo],
        }
    }
}

impl Asset {
    fn new(stem: &str, ending: &str, bytes: Bytes) -> Self {
        let ending = ending.to_ascii_lowercase();
        // Not a secret and not a signature: it has to differ when the content differs, that is all.
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        Self { name: format!("{stem}.{:016x}.{ending}", hasher.finish()), kind: kind(&ending), bytes }
    }
}

fn kind(ending: &str) -> &'static str {
    match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        _ => "application/octet-stream",
    }
}

/// `GET /assets/{file}`.
///
/// # Errors
/// [`Problem::NotFound`] for any name but the present ones: an old one would be old content under an immutable name.
pub async fn serve(State(site): State<Site>, Path(file): Path<String>) -> Result<Response, Problem> {
    let settings = site.settings();
    let asset = settings.assets.files.iter().find(|asset| asset.name == file).ok_or(Problem::NotFound)?;
    let mut response = Response::new(Body::from(asset.bytes.clone()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    // A logo is the operator's file: opened by itself, an SVG is a document and could bring a script.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Ok(response)
}
