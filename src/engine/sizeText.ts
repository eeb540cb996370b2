const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes for people: binary units, one decimal (`1.2 GiB`, `310 MiB`, `512 bytes`). */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  let value = bytes / 1024;
  let unit = 0;
  // Rounding must not give "1024 KiB".
  for (; unit < UNITS.length - 1 && Number(value.toFixed(1)) >= 1024; unit++) value /= 1024;
  return `${value.toFixed(1).replace(/\.0$/, '')} ${UNITS[unit]}`;
}
