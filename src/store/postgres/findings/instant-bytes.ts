const CODE = { dash: 0x2d, colon: 0x3a, point: 0x2e, t: 0x54, z: 0x5a, zero: 0x30 } as const;
const DAY_MS = 86_400_000;

/**
 * The milliseconds since 1970 of a time like `2026-01-31T09:30:00.123Z`, read where it lies: what `Date.parse` says of it.
 * NaN for every other form, which is asked of `Date.parse`. Like it, this takes the 31st of every month.
 */
export function instantOf(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length !== 20 && length !== 24) return Number.NaN;
  const marks =
    bytes[from + 4] === CODE.dash &&
    bytes[from + 7] === CODE.dash &&
    bytes[from + 10] === CODE.t &&
    bytes[from + 13] === CODE.colon &&
    bytes[from + 16] === CODE.colon &&
    bytes[to - 1] === CODE.z &&
    (length === 20 || bytes[from + 19] === CODE.point);
  if (!marks) return Number.NaN;
  const year = number(bytes, from, 4);
  const month = number(bytes, from + 5, 2);
  const day = number(bytes, from + 8, 2);
  const hour = number(bytes, from + 11, 2);
  const minute = number(bytes, from + 14, 2);
  const second = number(bytes, from + 17, 2);
  const fraction = length === 20 ? 0 : number(bytes, from + 20, 3);
  const holds =
    year >= 1000 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    fraction >= 0;
  if (!holds) return Number.NaN;
  return daysSince1970(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
}

/** A number of so many digits; NaN where there are others than digits. */
export function number(bytes: Uint8Array, from: number, digits: number): number {
  let made = 0;
  for (let at = from; at < from + digits; at++) {
    const digit = (bytes[at] as number) - CODE.zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    made = made * 10 + digit;
  }
  return made;
}

/** Of a day of the Gregorian calendar. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
