//! Which language a reader wants: from the command line, else from the environment. It reads neither itself.

use crate::model::Language;

/// The language that a tag or a locale's name means: `pt`, `pt-BR`, `pt_BR.UTF-8` and `pt_PT` are Portuguese.
#[must_use]
pub fn language_named(tag: &str) -> Option<Language> {
    let first = tag.split(['-', '_', '.', '@']).next()?;
    if first.eq_ignore_ascii_case("pt") {
        Some(Language::Portuguese)
    } else if first.eq_ignore_ascii_case("en") {
        Some(Language::English)
    } else {
        None
    }
}

/// The reader's language: what `--lang` says, else what the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is
/// set says (as POSIX orders them), else English.
#[must_use]
pub fn language_from(flag: Option<&str>, env: &dyn Fn(&str) -> Option<String>) -> Language {
    if let Some(language) = flag.and_then(language_named) {
        return language;
    }
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| env(name).filter(|value| !value.is_empty()))
        .and_then(|locale| language_named(&locale))
        .unwrap_or(Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The language for a flag and an environment.
    fn chosen(flag: Option<&str>, env: &[(&str, &str)]) -> Language {
        language_from(flag, &|name| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_flag_comes_first() {
        for tag in ["pt", "pt-BR", "pt_BR", "PT-br"] {
            assert_eq!(chosen(Some(tag), &[("LC_ALL", "en_US.UTF-8")]), Language::Portuguese);
        }
        assert_eq!(chosen(Some("en"), &[("LANG", "pt_BR.UTF-8")]), Language::English);
    }

    #[test]
    fn then_the_environment_in_the_order_of_posix() {
        assert_eq!(chosen(None, &[("LANG", "pt_PT")]), Language::Portuguese);
        assert_eq!(chosen(None, &[("LC_ALL", ""), ("LANG", "pt_BR.UTF-8")]), Language::Portuguese);
        assert_eq!(chosen(None, &[("LC_ALL", "C.UTF-8"), ("LANG", "pt_BR.UTF-8")]), Language::English);
        assert_eq!(chosen(None, &[("LC_MESSAGES", "pt"), ("LANG", "en")]), Language::Portuguese);
    }

    #[test]
    fn else_english() {
        assert_eq!(chosen(None, &[]), Language::English);
        assert_eq!(chosen(Some("klingon"), &[]), Language::English);
        assert_eq!(chosen(None, &[("LANG", "ptolemaic")]), Language::English);
    }
}
