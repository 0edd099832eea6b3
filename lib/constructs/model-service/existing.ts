import { object, required, type Fields } from "../../core/checks/check";
import { dnsName, objectName } from "../../core/checks/names";
import { PlanError } from "../../core/findings/plan-error";
import { Diagnostics } from "../../core/findings/diagnostics";

/** Names of a model service that is declared elsewhere. */
export interface ExistingModelServiceProps {
  /** Name of its Service. */
  readonly service: string;
  /** Name of its Deployment. */
  readonly deployment: string;
}

/** What other constructs need to know of a model service, wherever it is declared. */
export interface IModelService {
  /** Name of its Service. */
  readonly serviceName: string;
  /** Name of its Deployment, for `InferenceAutoscaler`. */
  readonly deploymentName: string;
}

const fields = {
  service: required(dnsName),
  deployment: required(objectName),
} satisfies Fields<ExistingModelServiceProps>;

/**
 * A model service that is declared elsewhere; nothing is created.
 *
 * @throws PlanError if a name is not valid.
 */
export function existingModelService(props: ExistingModelServiceProps): IModelService {
  const diagnostics = new Diagnostics();
  const parsed = object(fields)(props, "", diagnostics);
  if (parsed === undefined) throw new PlanError("ModelService.fromExisting", diagnostics.findings);
  return { serviceName: parsed.service, deploymentName: parsed.deployment };
}
