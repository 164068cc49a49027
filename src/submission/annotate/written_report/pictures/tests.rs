//! Pictures that exist, and others.

use super::*;

#[test]
fn picture_must_exist_and_be_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("img")).expect("a folder");
    std::fs::write(folder.path().join("img/a b.png"), b"\x89PNG\r\n\x1a\nrest").expect("a file");
    std::fs::write(folder.path().join("img/foto.jpeg"), b"\xff\xd8\xff\xe0").expect("a file");
    std::fs::write(folder.path().join("img/texto.png"), b"hello").expect("a file");
    std::fs::write(folder.path().join("img/outra.png"), b"\x89PNG\r\n\x1a\nrest").expect("a file");
    std::fs::write(folder.path().join("img/roteiro.gif"), b"GIF89a of the course").expect("a file");
    std::fs::write(folder.path().join("README.md"), b"x").expect("a file");
    let delivery = Submission::import(folder.path()).expect("it is taken in");
    let given = BTreeSet::from([blake3::hash(b"GIF89a of the course").to_hex().to_string()]);
    let document = Document { file: "README.md".into(), ..Document::default() };
    let mut pictures = Pictures { left: 9, ..Pictures::new(&delivery, &given) };
    let mut look = |name: &str| {
        let looked = pictures.check_picture(&document, name);
        looked.map_err(|note| note.id.into_owned())
    };
    assert_eq!(look("img/a%20b.png"), Ok("img/a b.png".to_owned()));
    assert_eq!(look("./img/a b.png"), Err("picture-twice".to_owned()));
    assert_eq!(look("img/outra.png"), Err("picture-twice".to_owned()), "same content");
    assert_eq!(look("img/roteiro.gif"), Err("picture-of-the-course".to_owned()));
    assert_eq!(look("IMG/A B.png"), Err("picture-other-name".to_owned()));
    assert_eq!(look("img/foto.png"), Err("picture-other-name".to_owned()));
    assert_eq!(look("img/texto.png"), Err("picture-is-none".to_owned()));
    assert_eq!(look("../../etc/passwd"), Err("picture-missing".to_owned()));
    assert_eq!(look("https://x/y.png"), Err("picture-elsewhere".to_owned()));
    assert_eq!((pictures.left, pictures.hashes.len()), (0, 3), "files are read only once");
}

#[test]
fn small_pictures_are_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let png =
        |width: u32| [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width.to_be_bytes(), &9_u32.to_be_bytes()].concat();
    let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x09\0\x07";
    let files: [(&str, &[u8]); 7] = [
        ("a.png", &png(7)),
        ("bomb.png", &png(u32::MAX)),
        ("cut.png", b"\x89PNG\r\n\x1a\n"),
        ("b.jpg", jpeg),
        ("c.svg", b"<svg onload='x'/>"),
        ("d.gif", b"GIF89a\x07\0\x09\0"),
        ("large.png", &[png(7), vec![0; MAX_IMAGE_BYTES]].concat()),
    ];
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let delivery = Submission::import(folder.path()).expect("it is taken in");
    let given = BTreeSet::new();
    let mut pictures = Pictures::new(&delivery, &given);
    let shown: Vec<&str> =
        files.iter().filter(|(name, _)| pictures.image(name).is_some()).map(|(name, _)| *name).collect();
    assert_eq!(shown, ["a.png", "b.jpg", "d.gif"]);
    assert_eq!(ImageFormat::Jpeg.pixels(jpeg), Some(63));
    assert_eq!(ImageFormat::Gif.pixels(b"GIF89a\x07\0\x09\0"), Some(63));
    pictures.shown_left = 3;
    assert!(pictures.image("a.png").is_none(), "all pictures together are bounded");
}
