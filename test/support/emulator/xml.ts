/** What the service puts before every XML body, the byte order mark included. */
export const XML_HEAD = '\u{feff}<?xml version="1.0" encoding="utf-8"?>';

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** `<name>text</name>`, or `<name />` as the service writes an empty one. */
export function element(name: string, text: string | number | undefined): string {
  return text === undefined || text === '' ? `<${name} />` : `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** Like `element`, but nothing at all for undefined. */
export function optionalElement(name: string, text: string | number | undefined): string {
  return text === undefined ? '' : element(name, text);
}

/** The texts of all elements of that name; enough for the few small documents that clients send. */
export function readElements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => unescapeXml(match[1]!));
}

export function unescapeXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
}
