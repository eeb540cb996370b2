/** The themes that pictures are taken in: the name in settings, and a class that the workbench has while it is shown. */
export const THEMES = {
  dark: { setting: 'Dark Modern', shownBy: '.vs-dark[class*="dark_modern"]' },
  light: { setting: 'Light Modern', shownBy: '.vs[class*="light_modern"]' },
  'high contrast dark': { setting: 'Default High Contrast', shownBy: '.hc-black' },
  'high contrast light': { setting: 'Default High Contrast Light', shownBy: '.hc-light' },
} as const;

export type Theme = keyof typeof THEMES;
