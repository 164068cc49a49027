//! Every step, expectation and field is described in both languages. The English text equals the
//! doc comment of its type, which is also in the schema.

use socklab::i18n::Catalog;
use socklab::model::Language;
use socklab::scenario::expect::Expectation;
use socklab::scenario::step::Step;

#[test]
fn keywords_and_fields_are_described_in_both_languages() {
    let mut wrong = Vec::new();
    let schemas = Step::KEYWORDS.iter().map(|word| (word, Step::schema_of(word)));
    for (word, schema) in schemas.chain(Expectation::KEYWORDS.iter().map(|word| (word, Expectation::schema_of(word)))) {
        let schema = schema.unwrap_or_else(|| panic!("{word} has a schema")).to_value();
        let described = |what: &serde_json::Value| what["description"].as_str().unwrap_or_default().replace('\n', " ");
        let fields = schema["properties"].as_object().into_iter().flatten();
        let mut all = vec![(vec![format!("word-{word}")], described(&schema))];
        all.extend(
            fields
                .map(|(name, field)| (vec![format!("field-{word}-{name}"), format!("field-{name}")], described(field))),
        );
        for (ids, sentences) in all {
            for language in Language::ALL {
                let words = Catalog::load(language);
                let found = ids.iter().find_map(|id| words.try_sentence(id));
                let right = found.as_ref().is_some_and(|found| language != Language::English || *found == sentences);
                if !right {
                    wrong.push(format!("src/i18n/{}/language.ftl: {} = {sentences}", language.tag(), ids[0]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "to be written:\n{}", wrong.join("\n"));
}
