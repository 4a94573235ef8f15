//! How the overview looks: on a screen, on paper, and without any style at all.

use crate::messages::{Lang, package as say};
use crate::package::Material;

/// One accent colour, a measure that the eye follows, and enough room; contrast is at least 4.5 to 1 (WCAG 2.2, 1.4.3).
const STYLE: &str = "\
*{box-sizing:border-box}\
html{-webkit-print-color-adjust:exact;print-color-adjust:exact;scroll-behavior:auto}\
body{margin:0;background:#f3f4f2;color:#20262b;font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\
main{max-width:54rem;margin:2.5rem auto;padding:3.5rem 4rem 4rem;background:#fff;border-radius:4px;box-shadow:0 1px 3px rgba(32,38,43,.12)}\
header{border-bottom:2px solid #1d5c63;padding-bottom:1.4rem}\
h1{margin:0 0 .35rem;font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.01em}\
header p{margin:0;color:#55616a;font-size:1.05rem}\
h2{margin:3.2rem 0 .8rem;font-size:1.35rem;line-height:1.3;font-weight:650;color:#1d5c63;break-after:avoid}\
h3{margin:2.4rem 0 .6rem;font-size:1.08rem;font-weight:650;break-after:avoid}\
h2+h3{margin-top:1.2rem}\
h3 .count{font-weight:400;color:#55616a}\
p{margin:.7rem 0;max-width:42rem}\
a{color:#1d5c63;text-underline-offset:.15em}\
ul{margin:.7rem 0;padding-left:1.3rem}\
li{margin:.3rem 0}\
dl.facts{display:grid;grid-template-columns:minmax(10rem,14rem) 1fr;gap:.45rem 1.4rem;margin:1.6rem 0}\
dl.facts dt{color:#55616a}\
dl.facts dd{margin:0;overflow-wrap:anywhere}\
.object dl.facts{margin:.8rem 0 1.4rem;padding:.9rem 1.1rem;background:#f3f7f6;border-radius:4px;font-size:.92rem;break-inside:avoid}\
nav{margin:1.8rem 0 0}\
nav h2{margin:0 0 .4rem;font-size:1rem;color:#55616a;font-weight:600}\
nav ol{margin:0;padding-left:1.3rem;columns:2;column-gap:2.5rem}\
nav li{break-inside:avoid}\
aside{margin:1.8rem 0;padding:1.1rem 1.4rem;border-left:5px solid #b3541e;background:#fdf4ee;border-radius:0 4px 4px 0;break-inside:avoid}\
aside h2{margin:0 0 .3rem;font-size:1.1rem;color:#8f3f12}\
aside p{margin:.35rem 0}\
aside.draft{margin:0 0 2rem;border:2px solid #b3541e;border-left-width:5px;border-radius:4px}\
aside.draft h2{font-size:1.3rem;letter-spacing:.14em}\
table{width:100%;border-collapse:collapse}\
table.list{margin:1rem 0;font-size:.94rem}\
table.list th,table.list td{padding:.5rem 1.2rem .5rem 0;border-bottom:1px solid #dfe4e2;text-align:left;vertical-align:top;overflow-wrap:break-word}\
table.list thead th{border-bottom:1.5px solid #1d5c63;font-weight:600;overflow-wrap:normal}\
table.list th[scope=row]{font-weight:500}\
table.list td.n,table.list th.n{text-align:right;padding-right:0;white-space:nowrap;font-variant-numeric:tabular-nums}\
table.record{margin:0 0 1.5rem;table-layout:fixed}\
table.record thead th{padding:.2rem 0 .45rem;width:auto;font-size:.85rem;font-weight:600;color:#1d5c63;letter-spacing:.02em;border-bottom:1.5px solid #1d5c63}\
table.record th,table.record td{padding:.5rem 1rem .5rem 0;border-bottom:1px solid #e4e8e6;text-align:left;vertical-align:top;unicode-bidi:isolate}\
table.record tbody th{font-weight:500;color:#3c464d;overflow-wrap:anywhere}\
table.record col.label{width:36%}\
table.record td{padding-right:0;white-space:pre-wrap;overflow-wrap:anywhere}\
table.record td ul,table.record td dl{margin:0;white-space:normal}\
table.record td dl{display:grid;grid-template-columns:minmax(5rem,max-content) 1fr;gap:.1rem 1rem}\
table.record td dt{color:#55616a;overflow-wrap:anywhere}\
table.record td dd{margin:0}\
table.record td li,table.record td dd{white-space:pre-wrap}\
tr.rule th,tr.rule td{color:#55616a;font-size:.92rem}\
code{font:.8em ui-monospace,'Cascadia Mono',Consolas,Menlo,monospace;color:#5d6971;overflow-wrap:anywhere}\
table.record th code{display:block;font-weight:400;unicode-bidi:isolate}\
.none,.cut{color:#5d6971;font-style:italic}\
address{margin:.8rem 0;padding-left:1rem;border-left:3px solid #c9d8d6;font-style:normal}\
tr{break-inside:avoid}\
thead{display:table-header-group}\
@media print{\
body{background:#fff;font-size:10.5pt;line-height:1.5}\
main{margin:0;padding:0;max-width:none;box-shadow:none}\
h1{font-size:20pt}\
section.system{break-before:page}\
section.system>h2{margin-top:0}\
nav a{text-decoration:none;color:inherit}\
}\
@media(max-width:44rem){main{margin:0;padding:1.5rem}nav ol{columns:1}dl.facts{grid-template-columns:1fr;gap:.1rem}dl.facts dd{margin-bottom:.6rem}table.record col.label{width:42%}}";

/// The style sheet, with the case, the page's number and the draft's stamp on every printed page.
pub(super) fn style(material: &Material<'_>) -> String {
    let lang = material.language;
    // Words in a style sheet come from the catalogue, and of the case only what a case's number is made of.
    let case: String = material
        .case
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let stamp = match material.draft {
        true => format!(
            "@top-left{{content:\"{}\";color:#8f3f12;font:600 9pt sans-serif;letter-spacing:.14em}}",
            say::draft().to(lang)
        ),
        false => String::new(),
    };
    let case = format!("{} {case}", say::case().to(lang));
    let of = match lang {
        Lang::En => "of",
        Lang::De => "von",
    };
    format!(
        "@page{{size:A4;margin:22mm 20mm 20mm;{stamp}@top-right{{content:\"{case}\";color:#55616a;font:9pt sans-serif}}\
         @bottom-right{{content:counter(page) \" {of} \" counter(pages);color:#55616a;font:9pt sans-serif}}}}{STYLE}"
    )
}
