/**
 * An object without inherited members, in which any text can be a name: a model may call an input `__proto__` or
 * `constructor`. Unlike `Object.create(null)` it is as fast as any other object.
 */
export function emptyRecord<T>(): Record<string, T> {
  return new (Nothing as unknown as new () => Record<string, T>)();
}

function Nothing(): void {
  // Only its prototype matters.
}
Nothing.prototype = Object.create(null);
