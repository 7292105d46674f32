//! Where things stand on a form: several fields moved at once, sections, pages, columns.

use runtime::model::view::{Pages, Section};

use crate::allowed::Forbidden;
use crate::edit::Spot;
use crate::form_edit::{Work, put, take};

/// Moves fields, wherever they stood, side by side.
pub(crate) fn move_fields(work: &mut Work, view: &str, fields: &[String], to: Spot) -> Result<(), Forbidden> {
    let form = work.form(view)?;
    let mut at = to;
    let mut items = Vec::new();
    for field in fields {
        let Some((from, item)) = take(form, field) else { return Err(Forbidden::NotFound) };
        if from.section == at.section && from.index < at.index {
            at.index -= 1;
        }
        items.push(item);
    }
    for (nth, item) in items.into_iter().enumerate() {
        put(form, item, Spot { section: at.section, index: at.index.saturating_add(nth) });
    }
    work.done.select.extend(fields.iter().cloned());
    Ok(())
}

/// What a section is: title, condition, folded or not, its page, the record that hangs on it.
pub(crate) fn section(work: &mut Work, view: &str, at: usize, to: &Section) -> Result<(), Forbidden> {
    let place = work.form(view)?.sections.get_mut(at).ok_or(Forbidden::NotFound)?;
    let blank = |it: &Option<String>| it.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
    to.title.trim().clone_into(&mut place.title);
    place.visible = blank(&to.visible);
    place.page = blank(&to.page);
    place.collapsed = to.collapsed;
    place.linked.clone_from(&to.linked);
    Ok(())
}

/// The pages. New ones get an id; sections of a page that is gone stand on the first.
pub(crate) fn pages(work: &mut Work, view: &str, pages: Option<&Pages>) -> Result<(), Forbidden> {
    let mut pages = pages.cloned();
    for it in pages.iter_mut().flat_map(|it| &mut it.list) {
        if it.id.is_empty() {
            it.id = work.fresh("p");
        }
        it.title = it.title.trim().to_owned();
    }
    let form = work.form(view)?;
    let known = |id: &str| pages.as_ref().is_some_and(|it| it.list.iter().any(|it| it.id == id));
    for it in &mut form.sections {
        it.page = it.page.take().filter(|it| known(it));
    }
    form.pages = pages;
    Ok(())
}

/// The fields of a section in so many columns of the same width.
pub(crate) fn columns(work: &mut Work, view: &str, at: usize, columns: u8) -> Result<(), Forbidden> {
    let section = work.form(view)?.sections.get_mut(at).ok_or(Forbidden::NotFound)?;
    for it in &mut section.fields {
        it.span = 12 / columns.clamp(1, 12);
    }
    Ok(())
}
