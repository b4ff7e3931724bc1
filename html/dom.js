// Elements without a library.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== null && value !== undefined && value !== false) {
            node.setAttribute(name, value);
        }
    }

    node.append(...[children].flat().filter((child) => child !== null));

    return node;
}

// An element of HTML; texts among its children are never read as markup.
export function element(name, attributes = {}, children = []) {
    return fill(document.createElement(name), attributes, children);
}

// An element of SVG.
export function svg(name, attributes = {}, children = []) {
    return fill(document.createElementNS(SVG, name), attributes, children);
}
