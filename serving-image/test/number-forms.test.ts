import fc from "fast-check";
import { allocate, type Datatype, type TensorValue } from "../src/protocol/datatypes";
import { float16ToNumber, numberToFloat16 } from "../src/protocol/float16";
import { writeNumbers } from "../src/protocol/json-numbers";
import { readData } from "../src/protocol/read-data";

const ALL_BITS = Array.from({ length: 2 ** 16 }, (_, bits) => bits);
const HALVES = ALL_BITS.map(float16ToNumber);

test("every 16-bit float survives as a number", () => {
  const changed = ALL_BITS.filter(
    (bits) => !Number.isNaN(HALVES[bits]) && numberToFloat16(HALVES[bits] ?? NaN) !== bits,
  );
  expect(changed).toEqual([]);
  expect(float16ToNumber(numberToFloat16(NaN))).toBeNaN();
});

test("a number becomes the nearest 16-bit float, and an even one if two are equally near", () => {
  const finite = [...new Set(HALVES.filter(Number.isFinite))].sort((a, b) => a - b);
  const anywhere = fc.double({ min: -70_000, max: 70_000, noNaN: true });
  const small = fc.double({ min: -1e-4, max: 1e-4, noNaN: true });
  const between = fc.nat({ max: finite.length - 2 }).map((i) => ((finite[i] ?? 0) + (finite[i + 1] ?? 0)) / 2);
  fc.assert(
    fc.property(fc.oneof(anywhere, small, between), (value) => {
      const bits = numberToFloat16(value);
      const found = float16ToNumber(bits);
      // Infinity stands for the next power of two when numbers are rounded.
      const distance = (half: number): number => Math.abs(Math.max(Math.min(half, 65_536), -65_536) - value);
      const neighbors = [bits - 1, bits + 1].map((one) => float16ToNumber(one)).filter((one) => !Number.isNaN(one));
      for (const other of neighbors) {
        expect(distance(found)).toBeLessThanOrEqual(distance(other));
        if (distance(found) === distance(other) && found !== other) expect(bits % 2).toBe(0);
      }
    }),
  );
});

const FLOATS: readonly Datatype[] = ["FP16", "FP32", "FP64"];
const awkward = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 5e-324, -Number.MIN_VALUE, 65_504, 1e300);

test("floats of every size read back from JSON as the same bits, among them NaN, infinities and -0", () => {
  fc.assert(
    fc.property(fc.constantFrom(...FLOATS), fc.array(fc.oneof(awkward, fc.double())), (datatype, numbers) => {
      const tensor = tensorOf(datatype, numbers);
      const json: unknown = JSON.parse(writeNumbers(tensor));
      const shape = tensor.shape;
      const back = readData("x", datatype, shape, numbers.length, { data: json, exactData: () => json });
      expect(Array.from(back as Float64Array).every((one, i) => Object.is(one, tensor.data[i]))).toBe(true);
    }),
  );
});

function tensorOf(datatype: Datatype, numbers: readonly number[]): TensorValue {
  const data = allocate(datatype, numbers.length) as Float64Array;
  data.set(datatype === "FP16" ? numbers.map(numberToFloat16) : numbers);
  return { datatype, shape: [numbers.length], data };
}
