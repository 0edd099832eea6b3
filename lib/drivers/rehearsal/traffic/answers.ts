import type { Element, Sample, Samples } from "./samples";

/** An answer of the Open Inference Protocol, as far as it is checked. */
interface InferenceAnswer {
  readonly model_version?: string;
  readonly outputs?: readonly { readonly name: string; readonly data?: unknown }[];
}

/** The result of checking an answer. */
export interface AnswerCheck {
  /** Missing when nothing was recorded for the version that answered. */
  readonly matchesRecording?: boolean;
  /** Whether its label output equals the sample's label; missing when the sample has none. */
  readonly isCorrect?: boolean;
}

/** Checks answers to samples against what was recorded. */
export class AnswerChecker {
  constructor(private readonly samples: Samples) {}

  /** An answer that is not JSON has no outputs, so it neither matches the recording nor is correct. */
  parse(body: string): InferenceAnswer {
    try {
      return JSON.parse(body) as InferenceAnswer;
    } catch {
      return {};
    }
  }

  check(sample: Sample, answer: InferenceAnswer): AnswerCheck {
    const expected = answer.model_version === undefined ? undefined : sample.expected[answer.model_version];
    const { labelOutput, outputs } = this.samples;
    const hasLabel = labelOutput !== undefined && sample.label !== undefined;
    return {
      ...(expected && { matchesRecording: outputs.every((output) => isSameTensor(answer, expected, output)) }),
      ...(hasLabel && { isCorrect: elements(answer, labelOutput)?.[0] === sample.label }),
    };
  }
}

function elements(answer: InferenceAnswer, output: string): Element[] | undefined {
  const data = answer.outputs?.find(({ name }) => name === output)?.data;
  return Array.isArray(data) ? (data.flat(Infinity) as Element[]) : undefined;
}

function isSameTensor(
  answer: InferenceAnswer,
  expected: Readonly<Record<string, Element[]>>,
  { name, tolerance }: Samples["outputs"][number],
): boolean {
  const given = elements(answer, name);
  const recorded = expected[name] as Element[];
  return (
    given?.length === recorded.length &&
    recorded.every((each, index) => isWithinTolerance(each, given[index], tolerance))
  );
}

function isWithinTolerance(recorded: Element, given: Element | undefined, tolerance: number): boolean {
  if (typeof recorded !== "number" || typeof given !== "number") return recorded === given;
  // Slightly more than the tolerance: 0.9842 - 0.9841 in doubles can come out above 0.0001.
  return Math.abs(recorded - given) <= tolerance * (1 + 1e-6) + Number.EPSILON;
}
