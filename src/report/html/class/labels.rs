//! The texts that every page of a class contains.

use crate::model::Message;
use crate::report::html::bilingual::{Bilingual, Catalogs};

macro_rules! labels {
    ($($name:ident = $id:literal),* $(,)?) => {
        /// The texts that every page of a class contains.
        pub(super) struct Labels { $(pub(super) $name: Bilingual),* }
        impl Labels {
            pub(super) fn of(catalogs: &Catalogs) -> Self {
                Self { $($name: catalogs.say(&Message::new($id))),* }
            }
        }
    };
}
labels! {
    skip = "class-skip",
    light = "result-light",
    dark = "result-dark",
    again = "class-again",
    again_none = "class-again-none",
    sound = "class-sound",
    unproved = "class-unproved",
    show = "class-show",
    example = "class-example",
    spread = "class-spread",
    table = "class-table",
    table_about = "class-table-about",
    no_script = "class-no-script",
    search = "class-search",
    item = "class-item",
    any_item = "class-any-item",
    verdict = "class-verdict",
    any_verdict = "class-any-verdict",
    from = "class-from",
    to = "class-to",
    reset = "class-reset",
    shown = "class-shown",
    previous = "class-previous",
    next = "class-next",
    further = "class-further",
    back = "class-back",
    none_shown = "class-none-shown",
    submission = "class-submission",
    points = "class-points",
    rate = "class-rate",
    counts_about = "class-counts-about",
    documented = "class-documented",
    written = "class-written",
    by_hand = "class-by-hand",
    open = "class-open",
}
