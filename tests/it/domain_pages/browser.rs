//! The pages as people see them: Chromium without a screen, in both themes, without scripts, on a wide screen and a narrow one.

use super::{DEMO, Serving, demo, many};
use caravan_tests_testbed::{Browser, Element};

/// The least contrast of text that WCAG 2.2 asks for (1.4.3, level AA).
const CONTRAST: f64 = 4.5;

/// `rgb(1, 2, 3)`.
fn channels(color: &str) -> [f64; 3] {
    let numbers = color.split_once('(').unwrap().1.trim_end_matches(')');
    let mut read = numbers.split(',').map(|one| one.trim().parse::<f64>().unwrap());
    std::array::from_fn(|_| read.next().unwrap())
}

/// The relative luminance of a colour, by WCAG.
fn luminance(color: &str) -> f64 {
    let [red, green, blue] = channels(color).map(|channel| {
        let part = channel / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(element: &Element) -> f64 {
    let (text, ground) = (luminance(&element.color), luminance(&element.ground));
    (text.max(ground) + 0.05) / (text.min(ground) + 0.05)
}

#[test]
fn pages_are_read_in_both_themes_without_a_script_on_any_width() {
    let Some(browser) = Browser::start("MAP * ~NOTFOUND, EXCLUDE 127.0.0.1") else { return };
    let room = demo();
    let serving = Serving::start(&room, &DEMO);
    let name = "tracking.petit-bateau-bleu.example";
    let base = format!("http://{}", serving.address);
    let mut grounds = Vec::new();
    for theme in ["light", "dark"] {
        for width in [1_280, 360] {
            browser.look(theme, false, width);
            let list = browser.open(&format!("{base}/"));
            assert_eq!(list.status, 200);
            for text in ["Customers' hostnames", "track.teefein.example", "as of 20", "1 to 40 of 40"] {
                assert!(list.text.contains(text), "{text}: {}", list.text);
            }
            read_well(&browser, theme);
            let card = browser.open(&format!("{base}/domain?name={name}"));
            for text in [
                name,
                "The message to send",
                "Once you have sent it, say so: caravan --dir caravan-demo domains message",
            ] {
                assert!(card.text.contains(text), "{text}: {}", card.text);
            }
            read_well(&browser, theme);
            let document = browser.open(&format!("{base}/document?name={name}"));
            assert!(document.status == 200 && document.text.contains("43 1 5550 199"), "{}", document.text);
            assert_eq!(browser.problems(), Vec::<String>::new(), "{theme}, {width}");
        }
        let _list = browser.open(&format!("{base}/"));
        grounds.push(browser.elements("body").remove(0).ground);
    }
    assert_ne!(grounds[0], grounds[1], "the themes look the same");
    if let Some(folder) = std::env::var_os("CARAVAN_PICTURES") {
        for theme in ["light", "dark"] {
            browser.look(theme, false, 1_000);
            for (path, file) in [("/?part=tracking.b", "domains"), (&*format!("/domain?name={name}"), "domain")] {
                let _shown = browser.open(&format!("{base}{path}"));
                browser.picture(&std::path::Path::new(&folder).join(format!("{file}-{theme}.png")));
            }
        }
    }
}

/// Every text can be told from what is behind it, and nothing sticks out of the page.
fn read_well(browser: &Browser, theme: &str) {
    let texts =
        browser.elements("h1, h2, h3, p, td, th, dt, dd, li, a, label, input, select, button, pre, code, caption, b");
    assert!(texts.len() > 20, "{}", texts.len());
    for element in texts.iter().filter(|one| !one.text.trim().is_empty()) {
        assert!(contrast(element) >= CONTRAST, "{theme}: {element:?}");
    }
    let body = browser.elements("html").remove(0);
    assert!(body.width <= body.room, "the page is wider than its window: {body:?}");
}

#[test]
fn what_means_harm_does_nothing_in_a_browser_that_runs_scripts() {
    let Some(browser) = Browser::start("MAP * ~NOTFOUND, EXCLUDE 127.0.0.1") else { return };
    let room = many(3);
    let serving = Serving::start(&room, &[]);
    browser.look("light", true, 1_280);
    let list = serving.json("/domains.json");
    let rows = list["domains"].as_array().unwrap();
    let hrefs = rows.iter().map(|row| row["href"].as_str().unwrap().to_owned());
    for path in hrefs.chain(["/".to_owned(), "/?part=%3Cimg+src%3Dx+onerror%3Ddocument.title%3D1%3E".to_owned()]) {
        let page = browser.open(&format!("http://{}{path}", serving.address));
        assert_eq!(page.status, 200, "{path}");
        let title = browser.elements("title").remove(0).text;
        assert!(
            !title.starts_with("pwned") && browser.elements("script, img, iframe, [onfocus], [onerror]").is_empty(),
            "{path}: {title}"
        );
    }
    assert_eq!(browser.problems(), Vec::<String>::new());
}
