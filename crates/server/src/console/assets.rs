//! Files that never change under their name: the name holds their hash. All of them are in the binary.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use super::http::plain;
use crate::App;

struct File {
    kind: &'static str,
    bytes: Vec<u8>,
}

/// Layers in the order in which they win.
const CSS: [&str; 7] = [
    include_str!("../../static/css/tokens.css"),
    include_str!("../../static/css/base.css"),
    include_str!("../../static/css/frame.css"),
    include_str!("../../static/css/parts.css"),
    include_str!("../../static/css/pictures.css"),
    include_str!("../../static/css/screens.css"),
    include_str!("../../static/css/narrow.css"),
];

/// The page for the phone stands alone: it must be there in a second on a bad connection.
const PHONE_CSS: [&str; 2] = [include_str!("../../static/css/tokens.css"), include_str!("../../static/css/phone.css")];

const WOFF2: &str = "font/woff2";
const JS: &str = "text/javascript; charset=utf-8";

struct Assets {
    by_url: BTreeMap<String, File>,
    urls: BTreeMap<&'static str, String>,
}

impl Assets {
    fn add(&mut self, name: &'static str, kind: &'static str, bytes: Vec<u8>) {
        let hash = hex::encode(&Sha256::digest(&bytes)[..6]);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let file = format!("{stem}-{hash}.{ending}");
        self.urls.insert(name, format!("/static/{file}"));
        self.by_url.insert(file, File { kind, bytes });
    }

    fn url(&self, name: &str) -> &str {
        self.urls.get(name).map_or("", String::as_str)
    }
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut assets = Assets { by_url: BTreeMap::new(), urls: BTreeMap::new() };
    let inter = include_bytes!("../../static/vendor/inter-latin-wght-normal.woff2").to_vec();
    let mono = include_bytes!("../../static/vendor/ibm-plex-mono-latin-400-normal.woff2").to_vec();
    assets.add("inter.woff2", WOFF2, inter);
    assets.add("mono.woff2", WOFF2, mono);
    let mut js = include_str!("../../static/vendor/htmx.min.js").to_owned();
    js.push('\n');
    js.push_str(include_str!("../../static/vendor/htmx-ext-sse.min.js"));
    assets.add("htmx.js", JS, js.into_bytes());
    assets.add("console.js", JS, include_bytes!("../../static/console.js").to_vec());
    assets.add("push.js", JS, include_bytes!("../../static/push.js").to_vec());
    assets.add("phone.js", JS, include_bytes!("../../static/phone.js").to_vec());
    let css =
        CSS.concat().replace("inter.woff2", assets.url("inter.woff2")).replace("mono.woff2", assets.url("mono.woff2"));
    assets.add("console.css", "text/css; charset=utf-8", css.into_bytes());
    assets.add("phone.css", "text/css; charset=utf-8", PHONE_CSS.concat().into_bytes());
    assets.add("icon.svg", "image/svg+xml", include_bytes!("../../static/icon.svg").to_vec());
    assets
});

/// Where a file is.
pub(super) fn url(name: &str) -> &'static str {
    ASSETS.url(name)
}

pub(super) fn router() -> Router<App> {
    Router::new().route("/static/{file}", get(file))
}

async fn file(Path(name): Path<String>) -> Response {
    let Some(file) = ASSETS.by_url.get(&name) else { return plain(StatusCode::NOT_FOUND, "there is no such file") };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, file.bytes.as_slice()).into_response()
}
