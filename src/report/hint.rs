//! The hint of a finding, in the variant for the programming language of its source file.
//!
//! Most hints have one text. Where the languages differ, the catalogue has an attribute for each
//! language (`hint-loop.node`), and the text itself serves the others.

use std::path::Path;

use crate::i18n::Catalog;
use crate::model::report::ShownFinding;
use crate::model::source_language::language_of;

/// The variants of hints, with the languages that they serve. The best one for a file comes first.
const VARIANTS: [(&str, &[&str]); 12] = [
    ("cpp", &["C++"]),
    // Its calls are also those of C++.
    ("c", &["C", "C++"]),
    ("csharp", &["C#"]),
    ("go", &["Go"]),
    ("java", &["Java", "Kotlin"]),
    ("lua", &["Lua"]),
    ("node", &["JavaScript", "TypeScript"]),
    ("perl", &["Perl"]),
    ("php", &["PHP"]),
    ("python", &["Python"]),
    ("ruby", &["Ruby"]),
    ("rust", &["Rust"]),
];

/// Formats the hint of a finding.
#[must_use]
pub fn hint_sentence(finding: &ShownFinding<'_>, words: &Catalog) -> Option<String> {
    let hint = finding.because.hint()?;
    let file = finding.source.map_or("", |place| &place.file);
    Some(words.format_variant(&hint, &variants(file)))
}

/// Returns the variants for a file, the best one first.
fn variants(file: &str) -> Vec<&'static str> {
    let file = Path::new(file);
    // The program of a notebook is a file that nobody wrote.
    let is_notebook = file.extension().is_some_and(|end| end == "ipynb");
    let language = language_of(file).or(is_notebook.then_some("Python"));
    let fits = |languages: &[&str]| language.is_some_and(|language| languages.contains(&language));
    VARIANTS.iter().filter(|(_, languages)| fits(languages)).map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_follows_from_the_extension() {
        assert_eq!(variants("src/servidor.py"), ["python"]);
        assert_eq!(variants("Servidor.JAVA"), ["java"]);
        assert_eq!(variants("a.cpp"), ["cpp", "c"]);
        assert_eq!((variants("a.c"), variants("aula.ipynb")), (vec!["c"], vec!["python"]));
        assert!(variants("servidor").is_empty() && variants("").is_empty());
    }

    #[test]
    fn catalogues_have_the_same_known_variants() {
        let [english, portuguese] = crate::model::Language::ALL.map(crate::i18n::variants);
        assert_eq!(english, portuguese);
        assert!(!english.is_empty());
        for (id, found) in english {
            let unknown: Vec<_> =
                found.iter().filter(|found| !VARIANTS.iter().any(|(name, _)| name == *found)).collect();
            assert!(id.starts_with("hint-") && unknown.is_empty(), "{id}: {unknown:?}");
        }
    }
}
