// Chromium, and what all tests ask of a page that is open.

import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

// Starts a browser; OUT, if it is set, is where pictures of pages go.
export async function launch() {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        // root has no sandbox
        args: process.getuid() === 0 ? ["--no-sandbox"] : [],
    });

    return {
        close: () => browser.close(),
        open: (url, options) => open(browser, url, options),
        plain: (options) => browser.newContext(options),
    };
}

// Opens a page and waits for its first answer. What goes wrong in it, and
// what it asks of others than its server, is in page.faults.
async function open(browser, url, options = {}) {
    const context = await browser.newContext({
        viewport: { width: 1280, height: 900 }, ...options,
    });
    const page = await context.newPage();
    page.faults = watch(page, new URL(url).host);
    await page.goto(url);
    await settled(page);

    return page;
}

function watch(page, host) {
    const faults = [];

    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
        // a refused question is told there too, by the browser
        if (["error", "warning"].includes(message.type())
            && !/status of 4\d\d/.test(message.text()))
        {
            faults.push(message.text());
        }
    });
    page.on("request", (request) => {
        const to = new URL(request.url());

        if (to.protocol !== "data:" && to.host !== host) {
            faults.push(`asked ${request.url()}`);
        }
    });

    return faults;
}

// Until the answer on the page is the one to the question on it.
export async function settled(page) {
    await page.waitForFunction(() => {
        const main = document.getElementById("main");
        return main && main.dataset.settled === "true"
            || !document.getElementById("notice")?.hidden;
    });
}

// The question as it stands in the command.
export async function question(page) {
    const command = await page.locator("#curl").textContent();
    const [, body] = command.match(/-d '(.*)' \\\n/);
    const [, url] = command.match(/'(http[^']*)'$/);

    return { body: JSON.parse(body), url };
}

// How many pixels of a picture are near a colour, "#rrggbb".
export async function count(page, png, color) {
    const blank = await page.context().newPage();

    try {
        return await blank.evaluate(async ([data, wanted]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            const bitmap = await createImageBitmap(new Blob([bytes]));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
            const context = canvas.getContext("2d");
            context.drawImage(bitmap, 0, 0);
            const { data: pixels } = context.getImageData(
                0, 0, bitmap.width, bitmap.height);
            const rgb = [1, 3, 5].map((at) =>
                parseInt(wanted.slice(at, at + 2), 16));
            let n = 0;

            for (let i = 0; i < pixels.length; i += 4) {
                if (rgb.every((c, j) => Math.abs(pixels[i + j] - c) < 12)) {
                    n++;
                }
            }

            return n;
        }, [png.toString("base64"), color]);

    } finally {
        await blank.close();
    }
}

// A picture of the page, kept for a look at it if OUT is set.
export async function shoot(page, name) {
    const png = await page.screenshot({ fullPage: true });

    if (process.env.OUT) {
        fs.mkdirSync(process.env.OUT, { recursive: true });
        fs.writeFileSync(path.join(process.env.OUT, `${name}.png`), png);
    }

    return png;
}
