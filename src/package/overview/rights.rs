//! What is left out, what else the law wants said, the person's rights, and the list of files.

use crate::html::{escape, plain};
use crate::messages::{Text, attachment, package as say};
use crate::package::files::Files;
use crate::package::object::ObjectSummary;
use crate::package::overview::View;
use crate::package::{Kind, Material, authority, words};

/// Names of what is held and not handed over, never the values.
pub(super) fn not_included(view: &mut View<'_, '_>) {
    view.raw("<section id=\"left\">\n");
    view.heading(2, &say::not_included());
    let mut said = false;
    if view.material.kind == Kind::Portable {
        said |= not_portable(view);
    }
    let mut rows = Vec::new();
    for object in view.objects {
        let place = view.place(object);
        for (name, count) in object.unlisted.each() {
            let name = escape(&plain(name));
            rows.push(vec![
                place.clone(),
                format!("<code>{name}</code>"),
                view.say(&say::number(count)),
            ]);
        }
        if object.unlisted.more() > 0 {
            let more = view.say(&say::not_included_more());
            rows.push(vec![place, more, String::new()]);
        }
    }
    if !rows.is_empty() {
        said = true;
        view.paragraph(&say::not_included_fields());
        view.table(
            &[say::head_where(), say::head_field(), say::head_count()],
            &rows,
            true,
        );
    }
    said |= unread(view);
    let credentials: u64 = view.objects.iter().map(|object| object.credentials).sum();
    if credentials > 0 {
        said = true;
        view.paragraph(&say::not_included_credentials(say::number(credentials)));
    }
    let files: u64 = view.objects.iter().map(|object| object.left_out).sum();
    if files > 0 {
        said = true;
        view.paragraph(&attachment::not_included_files(say::number(files)));
    }
    if !said {
        view.paragraph(&say::not_included_empty());
    }
    view.paragraph(&say::not_included_tables());
    view.raw("</section>\n");
}

/// Columns of the tables in which the records lie, by name only: nobody read them.
fn unread(view: &mut View<'_, '_>) -> bool {
    let (mut rows, mut blind) = (Vec::new(), Vec::new());
    for object in view.objects {
        let Some(names) = object.unread() else {
            continue;
        };
        let place = view.place(object);
        for column in &names.columns {
            let mut cell = format!("<code>{}</code>", escape(&plain(&column.name)));
            if !column.listed_for.is_empty() {
                let listed = view.say(&say::listed_for(column.listed_for.join(", ")));
                cell += &format!(" {listed}");
            }
            rows.push(vec![
                place.clone(),
                cell,
                view.say(&say::number(object.records)),
            ]);
        }
        if names.more > 0 {
            let more = view.say(&say::not_included_more_columns(say::number(names.more)));
            rows.push(vec![
                place.clone(),
                more,
                view.say(&say::number(object.records)),
            ]);
        }
        if names.blind.is_some() {
            blind.push(format!("<li>{place}</li>\n"));
        }
    }
    if !rows.is_empty() {
        view.paragraph(&say::not_included_columns());
        view.table(
            &[say::head_where(), say::head_column(), say::head_records()],
            &rows,
            true,
        );
    }
    if !blind.is_empty() {
        view.paragraph(&say::not_included_blind());
        view.raw(&format!("<ul>\n{}</ul>\n", blind.concat()));
    }
    !rows.is_empty() || !blind.is_empty()
}

fn not_portable(view: &mut View<'_, '_>) -> bool {
    let found = view
        .objects
        .iter()
        .filter(|object| object.records > 0 && !object.not_portable.is_empty());
    let rows: Vec<Vec<String>> = found
        .map(|object| {
            let names: Vec<String> = object
                .not_portable
                .iter()
                .map(|name| format!("<code>{}</code>", escape(&plain(name))))
                .collect();
            vec![view.place(object), names.join(", ")]
        })
        .collect();
    if rows.is_empty() {
        return false;
    }
    view.paragraph(&say::not_included_portable());
    view.table(&[say::head_where(), say::head_field()], &rows, false);
    true
}

/// Origin, automated decisions and transfers: what the inventory does not know is said to be unknown.
pub(super) fn further(view: &mut View<'_, '_>) {
    view.raw("<section id=\"further\">\n");
    view.heading(2, &say::further());
    let contact = view.contact();
    for (title, text) in [
        (say::origin(), say::origin_stated()),
        (say::automated(), say::automated_unknown(&contact)),
        (say::transfers(), say::transfers_unknown(&contact)),
    ] {
        view.heading(3, &title);
        view.paragraph(&text);
    }
    view.raw("</section>\n");
}

/// Art. 15(1)(e) and (f) GDPR; in Switzerland what the DSG gives.
pub(super) fn rights(view: &mut View<'_, '_>) {
    view.raw("<section id=\"rights\">\n");
    view.heading(2, &say::rights());
    let rights = match view.is_swiss() {
        true => vec![
            say::ch_right_rectification(),
            say::ch_right_erasure(),
            say::ch_right_portability(),
        ],
        false => vec![
            say::right_rectification(),
            say::right_erasure(),
            say::right_restriction(),
            say::right_portability(),
            say::right_objection(),
            say::right_withdrawal(),
        ],
    };
    view.raw("<ul>\n");
    for right in rights {
        let right = view.say(&right);
        view.raw(&format!("<li>{right}</li>\n"));
    }
    view.raw("</ul>\n");
    view.paragraph(&say::rights_how(view.contact()));
    match authority(&view.material.controller.seat) {
        None => view.paragraph(&say::complaint_unknown()),
        Some(authority) => {
            view.paragraph(&match view.is_swiss() {
                true => say::complaint_ch(),
                false => say::complaint(),
            });
            let lines = [
                authority.name,
                authority.address,
                authority.email,
                authority.site,
            ];
            let lines: Vec<String> = lines
                .into_iter()
                .filter(|line| !line.is_empty())
                .map(escape)
                .collect();
            view.raw(&format!("<address>{}</address>\n", lines.join("<br>")));
        }
    }
    view.raw("</section>\n");
}

/// The files that are there, with their sizes; single binary files are counted.
pub(super) fn file_list(
    material: &Material<'_>,
    objects: &[ObjectSummary],
    files: &Files<'_>,
) -> String {
    let mut view = View::new(material, objects);
    view.raw("<section id=\"files\">\n");
    view.heading(2, &say::file_list());
    view.paragraph(&say::file_list_intro());
    let rows: Vec<Vec<String>> = files
        .done()
        .iter()
        .filter(|file| !file.path.starts_with("files/"))
        .map(|file| {
            let path = escape(&file.path);
            let records = file.records.map(|records| view.say(&say::number(records)));
            vec![
                format!("<a href=\"{path}\">{path}</a>"),
                records.unwrap_or_default(),
                view.say(&words::size(file.bytes)),
            ]
        })
        .collect();
    view.table(
        &[say::head_file(), say::head_records(), say::head_size()],
        &rows,
        true,
    );
    let binaries: u64 = objects.iter().map(|object| object.binaries).sum();
    if binaries > 0 {
        let count: Text = say::number(binaries);
        view.paragraph(&say::binaries(count));
    }
    view.raw("</section>\n");
    view.take()
}
