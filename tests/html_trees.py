"""What a piece of HTML says, whatever a page adds to it: to compare it with another reader's."""

import re
from urllib.parse import unquote

import html5lib

ADDED = {"anchor", "footnote-ref"}  # classes of what a page adds and a text does not hold
OWN = {"task-list-item-checkbox"}  # classes that one of the readers gives
UNSAID = {
    "loading",
    "decoding",
    "width",
    "height",
    "id",
    "data-number",
    "aria-label",
    "tabindex",
    "disabled",
    "data-dark",
}
BLOCKS = {
    *("html", "head", "body", "div", "p", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "hr", "pre", "table"),
    *("thead", "tbody", "tfoot", "tr", "th", "td", "caption", "section", "figure", "figcaption", "details", "summary"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "center", "article", "aside"),
}
TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "--", "—": "---", "…": "..."})


def said(html, straight=True):
    """A fragment as nested lists: [name, attributes, what is inside].

    straight  quotation marks and dashes as one types them
    """
    tree = html5lib.parse(f"<!doctype html><body>{html}", treebuilder="etree", namespaceHTMLElements=False)
    inside = _inside(tree.find("body"), straight, False)
    level = min((int(name[1]) for name in _headings(inside)), default=2)
    return _shifted(inside, level)


def _headings(nodes):
    for node in nodes:
        if isinstance(node, list):
            yield from [node[0]] if re.fullmatch("h[1-6]", node[0]) else []
            yield from _headings(node[2])


def _shifted(nodes, level):
    """Headings so that the highest is the second: a page has one title, its own."""

    def shifted(node):
        if isinstance(node, str):
            return node
        name = f"h{min(6, int(node[0][1]) + (level == 1))}" if re.fullmatch("h[1-6]", node[0]) else node[0]
        return [name, node[1], _shifted(node[2], level)]

    return [shifted(node) for node in nodes]


def _inside(element, straight, code):
    found = []
    code = code or element.tag in ("pre", "code")

    def add(text):
        text = (text or "").translate(TYPOGRAPHY) if straight else text or ""
        if found and isinstance(found[-1], str):
            found[-1] += text
        elif text:
            found.append(text)

    add(element.text)
    for child in element:
        if isinstance(child.tag, str):
            classes = set(child.get("class", "").split())
            if classes & {"highlight", "table-scroll"} or (code and child.tag == "span"):
                for node in _inside(child, straight, code):
                    add(node) if isinstance(node, str) else found.append(node)
            elif not classes & ADDED:
                found.append([child.tag, _attributes(child), _inside(child, straight, code)])
        add(child.tail)
    if element.tag == "pre":
        return [found[0].removeprefix("\n"), *found[1:]] if found and isinstance(found[0], str) else found
    found = _trimmed(found, element.tag in BLOCKS, code)
    if element.tag == "li" and [node[0] for node in found[:2]] == ["input", "p"]:
        [box, [_, _, inside]] = found[:2]  # the box of a task, in its paragraph
        text = [" " + inside[0], *inside[1:]] if isinstance(inside[0], str) else [" ", *inside]
        found[:2] = [["p", {}, [box, *text]]]
    return found


def _trimmed(nodes, block, code):
    """Without the white space that a browser does not show around blocks."""
    found = []
    for index, node in enumerate(nodes):
        if isinstance(node, str) and not code:
            node = re.sub(r"[ \t\n]*\n[ \t\n]*|[ \t]+", lambda m: "\n" if "\n" in m[0] else " ", node)
            before, after = nodes[index - 1 : index], nodes[index + 1 : index + 2]
            if (block and not before) or (before and before[0][0] in BLOCKS):
                node = node.lstrip(" \n")
            if (block and not after) or (after and after[0][0] in BLOCKS):
                node = node.rstrip(" \n")
        elif isinstance(node, str):
            node = node.rstrip("\n")
        if node:
            found.append(node)
    return found


def _attributes(element):
    given = {name: value for name, value in element.attrib.items() if name not in UNSAID}
    if found := re.search(r"text-align:\s*(\w+)", given.pop("style", "")):
        given["align"] = found[1]
    classes = " ".join(set(given.pop("class", "").lower().split()) - OWN)
    if found := re.search(r"align-(\w+)", classes):
        given["align"] = found[1]
    elif classes:
        given["class"] = classes
    for name in given.keys() & {"href", "src"}:
        given[name] = unquote(given[name]).removeprefix("./")
    if "alt" in given:
        given["alt"] = " ".join(re.sub(r"<[^>]*>", "", given["alt"]).split())
    return dict(sorted(given.items()))
