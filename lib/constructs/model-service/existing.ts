import { object, required, type Fields } from "../../core/checks/check";
import { dnsName, objectName } from "../../core/checks/names";
import { Refusal } from "../../core/findings/refusal";
import { Report } from "../../core/findings/report";

/** Names of a model service that somebody else declares. */
export interface ExistingModelServiceProps {
  /** Name of its Service. */
  readonly service: string;
  /** Name of its Deployment. */
  readonly deployment: string;
}

/** What other constructs need to know of a model service, whoever declares it. */
export interface IModelService {
  /** Name of its Service. */
  readonly serviceName: string;
  /** Name of its Deployment, as `InferenceAutoscaler` takes it. */
  readonly deploymentName: string;
}

const fields = {
  service: required(dnsName),
  deployment: required(objectName),
} satisfies Fields<ExistingModelServiceProps>;

/**
 * A model service that somebody else declares; nothing is created.
 *
 * @throws Refusal if a name is none.
 */
export function existingModelService(props: ExistingModelServiceProps): IModelService {
  const report = new Report();
  const read = object(fields)(props, "", report);
  if (read === undefined) throw new Refusal("ModelService.fromExisting", report.findings);
  return { serviceName: read.service, deploymentName: read.deployment };
}
