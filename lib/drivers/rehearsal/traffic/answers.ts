import type { Element, Sample, Samples } from "./samples";

/** An answer of the Open Inference Protocol, as far as it is compared. */
export interface InferenceAnswer {
  readonly model_version?: string;
  readonly outputs?: readonly { readonly name: string; readonly data?: unknown }[];
}

/** What an answer was worth. */
export interface Judgement {
  /** Whether it is the recorded one; missing when nothing was recorded for the version that answered. */
  readonly asRecorded?: boolean;
  /** Whether its label output equals the truth; missing when the sample has no label. */
  readonly right?: boolean;
}

/** Judges answers to samples against what was recorded. */
export class AnswerJudge {
  constructor(private readonly samples: Samples) {}

  /** An answer that is no JSON has no outputs, so it is neither as recorded nor right. */
  parse(body: string): InferenceAnswer {
    try {
      return JSON.parse(body) as InferenceAnswer;
    } catch {
      return {};
    }
  }

  judge(sample: Sample, answer: InferenceAnswer): Judgement {
    const expected = answer.model_version === undefined ? undefined : sample.expected[answer.model_version];
    const asRecorded = expected && this.samples.outputs.every((output) => sameTensor(answer, expected, output));
    const { labelOutput } = this.samples;
    const right =
      labelOutput === undefined || sample.label === undefined
        ? undefined
        : elements(answer, labelOutput)?.[0] === sample.label;
    return { ...(asRecorded !== undefined && { asRecorded }), ...(right !== undefined && { right }) };
  }
}

function elements(answer: InferenceAnswer, output: string): Element[] | undefined {
  const data = answer.outputs?.find(({ name }) => name === output)?.data;
  return Array.isArray(data) ? (data.flat(Infinity) as Element[]) : undefined;
}

function sameTensor(
  answer: InferenceAnswer,
  expected: Readonly<Record<string, Element[]>>,
  { name, tolerance }: Samples["outputs"][number],
): boolean {
  const given = elements(answer, name);
  const recorded = expected[name] as Element[];
  return given?.length === recorded.length && recorded.every((each, index) => same(each, given[index], tolerance));
}

function same(recorded: Element, given: Element | undefined, tolerance: number): boolean {
  if (typeof recorded !== "number" || typeof given !== "number") return recorded === given;
  // A hair more than the tolerance: 0.9842 - 0.9841 is 0.00009999999 or 0.00010000001, as the bits fall.
  return Math.abs(recorded - given) <= tolerance * (1 + 1e-6) + Number.EPSILON;
}
