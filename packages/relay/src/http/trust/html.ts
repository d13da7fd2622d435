/** A tagged template that escapes everything put into it, unless that is HTML made by the same template. Never takes HTML from a string. */
export interface Html {
  readonly safe: string;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function html(parts: TemplateStringsArray, ...values: readonly (Html | readonly Html[] | string | number)[]): Html {
  const written = values.map((value) => {
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') return value.replace(/[&<>"']/g, (sign) => ESCAPES[sign] as string);
    return 'safe' in value ? value.safe : value.map((one) => one.safe).join('');
  });
  return { safe: String.raw({ raw: parts }, ...written) };
}
