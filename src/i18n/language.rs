//! Selects the output language from the command line or the environment. The caller passes both in.

use crate::model::Language;

/// Returns the language of a tag or locale name: `pt`, `pt-BR`, `pt_BR.UTF-8` and `pt_PT` are
/// Portuguese.
#[must_use]
pub fn parse_language(tag: &str) -> Option<Language> {
    let first = tag.split(['-', '_', '.', '@']).next()?;
    if first.eq_ignore_ascii_case("pt") {
        Some(Language::Portuguese)
    } else if first.eq_ignore_ascii_case("en") {
        Some(Language::English)
    } else {
        None
    }
}

/// Selects the output language.
///
/// The value of `--lang` comes first. If it is absent or unknown, the first non-empty variable of
/// `LC_ALL`, `LC_MESSAGES` and `LANG` decides (the order of POSIX). The default is English.
#[must_use]
pub fn select_language(flag: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> Language {
    if let Some(language) = flag.and_then(parse_language) {
        return language;
    }
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| env(name).filter(|value| !value.is_empty()))
        .and_then(|locale| parse_language(&locale))
        .unwrap_or(Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Selects the language for a flag and an environment.
    fn chosen(flag: Option<&str>, env: &[(&str, &str)]) -> Language {
        select_language(flag, &|name| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn lang_flag_overrides_environment() {
        for tag in ["pt", "pt-BR", "pt_BR", "PT-br"] {
            assert_eq!(chosen(Some(tag), &[("LC_ALL", "en_US.UTF-8")]), Language::Portuguese);
        }
        assert_eq!(chosen(Some("en"), &[("LANG", "pt_BR.UTF-8")]), Language::English);
    }

    #[test]
    fn environment_is_read_in_posix_order() {
        assert_eq!(chosen(None, &[("LANG", "pt_PT")]), Language::Portuguese);
        assert_eq!(chosen(None, &[("LC_ALL", ""), ("LANG", "pt_BR.UTF-8")]), Language::Portuguese);
        assert_eq!(chosen(None, &[("LC_ALL", "C.UTF-8"), ("LANG", "pt_BR.UTF-8")]), Language::English);
        assert_eq!(chosen(None, &[("LC_MESSAGES", "pt"), ("LANG", "en")]), Language::Portuguese);
    }

    #[test]
    fn default_is_english() {
        assert_eq!(chosen(None, &[]), Language::English);
        assert_eq!(chosen(Some("klingon"), &[]), Language::English);
        assert_eq!(chosen(None, &[("LANG", "ptolemaic")]), Language::English);
    }
}
