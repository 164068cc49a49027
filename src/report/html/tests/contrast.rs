//! Checks that the colours of the pages have the contrast that WCAG 2.2 asks for (1.4.3, 1.4.11).

/// Returns the colours of each block of `base.css`: light, dark by system, dark by choice, print.
fn colours() -> Vec<std::collections::BTreeMap<String, [f64; 3]>> {
    let css = include_str!("../../../../templates/base.css");
    let block = regex::Regex::new(r"\{\s+color-scheme: [^}]*\}").expect("a sound pattern");
    let colour = regex::Regex::new(r"--([a-z-]+): #([0-9a-f]{6});").expect("a sound pattern");
    let channel = |digits: &str| {
        let value = f64::from(u8::from_str_radix(digits, 16).expect("digits")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let blocks = block.find_iter(css);
    blocks
        .map(|found| {
            let all = colour.captures_iter(found.as_str());
            all.map(|one| (one[1].to_owned(), [0, 2, 4].map(|k| channel(&one[2][k..k + 2])))).collect()
        })
        .collect()
}

/// WCAG 2.2, success criteria 1.4.3 (text: 4.5) and 1.4.11 (graphics needed for understanding: 3).
#[test]
fn colours_have_contrast() {
    let blocks = colours();
    assert_eq!(blocks.len(), 4);
    assert_eq!(blocks[1], blocks[2], "dark by the system and by choice");
    let text = ["text", "dim", "link", "pass", "fail", "unseen", "trouble", "again"];
    for (k, block) in blocks.iter().enumerate() {
        let contrast = |one: &str, other: &str| {
            let light = |name: &str| {
                let [r, g, b] = block[name];
                0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
            };
            let (one, other) = (light(one), light(other));
            one.max(other) / one.min(other)
        };
        let grounds = ["ground", "panel", "sunk"];
        let mut pairs: Vec<(&str, &str)> = text.iter().flat_map(|&one| grounds.map(|ground| (one, ground))).collect();
        pairs.extend([("pass", "pass-ground"), ("fail", "fail-ground"), ("unseen", "unseen-ground")]);
        pairs.extend([("trouble", "trouble-ground"), ("text", "unseen-ground"), ("mark-text", "mark")]);
        pairs.extend([("text", "pass-ground"), ("text", "fail-ground"), ("ground", "link")]);
        for (one, other) in pairs {
            assert!(contrast(one, other) >= 4.5, "block {k}: {one} on {other} is {}", contrast(one, other));
        }
        assert!(contrast("strong-line", "ground") >= 3.0 && contrast("strong-line", "panel") >= 3.0, "block {k}");
    }
}
