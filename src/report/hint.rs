//! The hint of a finding, in the variant for the programming language of its source file.
//!
//! Most hints have one text. Where the languages differ, the catalogue has an attribute for each
//! language (`hint-loop.node`), and the text itself serves the others.

use std::path::Path;

use crate::i18n::Catalog;
use crate::model::report::ShownFinding;

/// The variants of hints, each with the extensions of its files.
const VARIANTS: [(&str, &[&str]); 11] = [
    ("c", &["c", "h"]),
    ("cpp", &["cpp", "cc", "cxx", "c++", "hpp"]),
    ("csharp", &["cs"]),
    ("go", &["go"]),
    ("java", &["java", "kt", "class", "jar"]),
    ("lua", &["lua"]),
    ("node", &["js", "mjs", "cjs", "ts", "mts"]),
    ("perl", &["pl", "pm"]),
    ("php", &["php"]),
    ("python", &["py", "ipynb"]),
    ("ruby", &["rb"]),
];

/// Formats the hint of a finding.
#[must_use]
pub fn hint_sentence(finding: &ShownFinding<'_>, words: &Catalog) -> Option<String> {
    let hint = finding.because.hint()?;
    let file = finding.source.map_or("", |place| &place.file);
    Some(words.format_variant(&hint, variants(file)))
}

/// Returns the variants for a file, the best one first. The calls of C are also those of C++.
fn variants(file: &str) -> &'static [&'static str] {
    let end = Path::new(file).extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    let known = VARIANTS.iter().find(|(_, ends)| ends.contains(&end.as_str()));
    match known {
        Some(("cpp", _)) => &["cpp", "c"],
        Some((name, _)) => std::slice::from_ref(name),
        None => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_follows_from_the_extension() {
        assert_eq!(variants("src/servidor.py"), ["python"]);
        assert_eq!(variants("Servidor.JAVA"), ["java"]);
        assert_eq!(variants("a.cpp"), ["cpp", "c"]);
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
