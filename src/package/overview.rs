//! The page that a person reads and prints: what was not searched first, then what is held, then their rights.
//!
//! It is written while it is made, because the records on it may be many; they come out of the spool in which they were put aside.
//! Whatever comes from outside is escaped where it lands.

pub(super) mod answer;
mod rights;

use std::io;

use crate::html::{escape, head, plain};
use crate::messages::{Lang, Text, package as say};
use crate::package::files::Files;
use crate::package::object::ObjectSummary;
use crate::package::spool::Spool;
use crate::package::{Kind, Material, page, tag, words};

/// The name of the page.
pub(super) fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "overview.html",
        Lang::De => "uebersicht.html",
    }
}

/// Writes the page.
pub(super) fn write(
    material: &Material<'_>,
    objects: &[ObjectSummary],
    shown: &mut Spool,
    files: &mut Files<'_>,
) -> io::Result<()> {
    // The page lists the files that are there before it.
    let list = rights::file_list(material, objects, files);
    files.begin(name(material.language))?;
    let mut view = View::new(material, objects);
    view.top();
    answer::not_searched(&mut view);
    view.contents();
    answer::confirmation(&mut view);
    files.write(view.take().as_bytes())?;
    let mut system = None;
    for (number, object) in objects.iter().enumerate() {
        if system != Some(&object.system) {
            if system.is_some() {
                view.raw("</section>\n");
            }
            system = Some(&object.system);
            // A system of which there is something to show begins on a sheet of its own.
            let mut its = objects.iter().filter(|one| one.system == object.system);
            let class = if its.any(|one| one.records > 0) {
                " class=\"system\""
            } else {
                ""
            };
            view.raw(&format!("<section{class} id=\"s{number}\">\n"));
            view.heading(2, &Text::same(plain(&object.system)));
        }
        answer::object(&mut view, number, object);
        files.write(view.take().as_bytes())?;
        shown.read(object.part.clone(), &mut |piece| files.write(piece))?;
        view.raw("</section>\n");
    }
    if system.is_some() {
        view.raw("</section>\n");
    }
    rights::not_included(&mut view);
    if material.kind == Kind::Access {
        rights::further(&mut view);
    }
    rights::rights(&mut view);
    view.raw(&list);
    view.raw("</main>\n</body>\n</html>\n");
    files.write(view.take().as_bytes())?;
    files.close(None);
    Ok(())
}

/// The page in the making.
struct View<'v, 'a> {
    material: &'v Material<'a>,
    objects: &'v [ObjectSummary],
    lang: Lang,
    out: String,
}

impl<'v, 'a> View<'v, 'a> {
    fn new(material: &'v Material<'a>, objects: &'v [ObjectSummary]) -> View<'v, 'a> {
        View {
            material,
            objects,
            lang: material.language,
            out: String::new(),
        }
    }

    fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    fn raw(&mut self, html: &str) {
        self.out += html;
    }

    /// A text as it stands in an element.
    fn say(&self, text: &Text) -> String {
        escape(&plain(text.to(self.lang)))
    }

    fn heading(&mut self, level: u8, text: &Text) {
        let text = self.say(text);
        self.raw(&format!("<h{level}>{text}</h{level}>\n"));
    }

    fn paragraph(&mut self, text: &Text) {
        let text = self.say(text);
        self.raw(&format!("<p>{text}</p>\n"));
    }

    /// Names with their values; the values are HTML already.
    fn facts(&mut self, facts: &[(Text, String)]) {
        self.raw("<dl class=\"facts\">\n");
        for (name, value) in facts {
            let name = self.say(name);
            self.raw(&format!("<dt>{name}</dt><dd>{value}</dd>\n"));
        }
        self.raw("</dl>\n");
    }

    /// A table of rows whose first cell names them; with `numbers` the last column is one. The cells are HTML already.
    fn table(&mut self, heads: &[Text], rows: &[Vec<String>], numbers: bool) {
        let last = heads.len().saturating_sub(1);
        let class = |i: usize| {
            if numbers && i == last {
                " class=\"n\""
            } else {
                ""
            }
        };
        self.raw("<table class=\"list\">\n<thead><tr>");
        for (i, head) in heads.iter().enumerate() {
            let head = self.say(head);
            self.raw(&format!("<th scope=\"col\"{}>{head}</th>", class(i)));
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.raw("<tr>");
            for (i, cell) in row.iter().enumerate() {
                match i {
                    0 => self.raw(&format!("<th scope=\"row\">{cell}</th>")),
                    i => self.raw(&format!("<td{}>{cell}</td>", class(i))),
                }
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody>\n</table>\n");
    }

    /// Whom to ask.
    fn contact(&self) -> Text {
        match &self.material.controller.contact {
            Some(contact) => Text::same(contact.clone()),
            None => say::no_contact(),
        }
    }

    fn is_swiss(&self) -> bool {
        self.material.controller.seat.starts_with("CH")
    }

    /// What stands above everything else.
    fn top(&mut self) {
        let material = self.material;
        let controller = material.controller.name.as_str();
        let (title, subtitle) = match (material.kind, self.is_swiss()) {
            (Kind::Access, false) => (say::title_access(), say::subtitle_access(controller)),
            (Kind::Access, true) => (say::title_access(), say::subtitle_access_ch(controller)),
            (Kind::Portable, false) => (say::title_portable(), say::subtitle_portable(controller)),
            (Kind::Portable, true) => {
                (say::title_portable(), say::subtitle_portable_ch(controller))
            }
        };
        let tab = format!("{} · {}", title.to(self.lang), plain(material.case));
        self.raw(&head(tag(self.lang), &tab, &page::style(material)));
        self.raw("<body>\n<main>\n");
        if material.draft {
            let (word, why) = (self.say(&say::draft()), self.say(&say::draft_why()));
            self.raw(&format!(
                "<aside class=\"draft\"><h2>{word}</h2><p>{why}</p></aside>\n"
            ));
        }
        let (title, subtitle) = (self.say(&title), self.say(&subtitle));
        self.raw(&format!(
            "<header><h1>{title}</h1><p>{subtitle}</p></header>\n"
        ));
        let mut facts = vec![
            (say::case(), self.say(&Text::same(material.case))),
            (say::received(), self.say(&say::day(material.received))),
            (say::made(), self.say(&say::day(material.made))),
            (say::controller(), self.say(&Text::same(controller))),
            (say::contact(), self.say(&self.contact())),
        ];
        if let Some(day) = material.expires {
            facts.push((say::expires(), self.say(&say::day(day))));
        }
        let stated = answer::stated(material);
        if !stated.is_empty() {
            let lines: Vec<String> = stated.iter().map(|one| escape(&plain(one))).collect();
            facts.push((say::searched_for(), lines.join("<br>")));
        }
        self.facts(&facts);
        self.paragraph(&match material.kind {
            Kind::Access => say::intro_access(),
            Kind::Portable => say::intro_portable(),
        });
    }

    /// Where to find what.
    fn contents(&mut self) {
        let mut links: Vec<(String, Text)> = Vec::new();
        if !answer::gaps(self.material).is_empty() {
            links.push(("gaps".into(), say::not_searched()));
        }
        links.push(("held".into(), say::confirmation()));
        let mut system = None;
        for (number, object) in self.objects.iter().enumerate() {
            if system != Some(&object.system) {
                links.push((format!("s{number}"), Text::same(object.system.clone())));
                system = Some(&object.system);
            }
        }
        links.push(("left".into(), say::not_included()));
        if self.material.kind == Kind::Access {
            links.push(("further".into(), say::further()));
        }
        links.push(("rights".into(), say::rights()));
        links.push(("files".into(), say::file_list()));
        let title = self.say(&say::contents());
        self.raw(&format!("<nav><h2>{title}</h2><ol>\n"));
        for (anchor, text) in links {
            let text = self.say(&text);
            self.raw(&format!("<li><a href=\"#{anchor}\">{text}</a></li>\n"));
        }
        self.raw("</ol></nav>\n");
    }

    /// `system`, then the object, as people can tell them apart.
    fn place(&self, object: &ObjectSummary) -> String {
        self.say(&Text::same(format!(
            "{} · {}",
            object.system, object.object
        )))
    }

    /// The categories of an object's columns, each once.
    fn categories(&self, object: &ObjectSummary) -> String {
        let mut names: Vec<String> = Vec::new();
        for field in &object.fields {
            if let crate::package::columns::Role::Field(category) = &field.role {
                let name = self.say(&words::category(category));
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names.join(", ")
    }
}
