//! Secrets are named in the configuration, never written there: `env:NAME`, `file:PATH`, `cred:NAME`.

/// An address that may be a secret: a URL as it is, or where it is kept.
///
/// # Errors
/// In words, without the secret.
pub(crate) fn read_url(name: &str) -> Result<String, String> {
    if name.contains("://") { Ok(name.to_owned()) } else { read(name) }
}

/// Reads a secret by its name. A text without a known word in front is the secret itself: the checker
/// warns of it.
///
/// # Errors
/// In words, without the secret.
pub(crate) fn read(name: &str) -> Result<String, String> {
    let from_file = |path: std::path::PathBuf| {
        std::fs::read_to_string(&path)
            .map(|text| text.trim_end_matches(['\n', '\r']).to_owned())
            .map_err(|e| format!("the secret in {} cannot be read: {e}", path.display()))
    };
    match name.split_once(':') {
        Some(("env", variable)) => {
            std::env::var(variable).map_err(|_| format!("the environment has no variable {variable}"))
        }
        Some(("file", path)) => from_file(path.into()),
        Some(("cred", credential)) => {
            let dir = std::env::var("CREDENTIALS_DIRECTORY")
                .map_err(|_| "there is no systemd credential directory (CREDENTIALS_DIRECTORY)".to_owned())?;
            from_file(std::path::Path::new(&dir).join(credential))
        }
        _ => Ok(name.to_owned()),
    }
}
