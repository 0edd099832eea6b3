import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { checkChange, repositoryIndexOf } from "../handlers/repository";
import { modelStatisticsOf } from "../handlers/statistics";
import type { ModelHost } from "../model/model-host";
import type { ServingState } from "../model/serving-state";
import type { IndexRequest, LoadRequest, ModelRequest } from "./messages";
import type { UnaryCalls } from "./unary";

export interface RepositoryMethodsOptions {
  readonly state: ServingState;
  readonly host: ModelHost;
  /** Whether models may be loaded and unloaded over the network. */
  readonly control: boolean;
}

/** The methods for statistics and for the model repository. */
export function repositoryMethods(
  { state, host, control }: RepositoryMethodsOptions,
  calls: UnaryCalls,
): UntypedServiceImplementation {
  return {
    ModelStatistics: calls.answer(({ name, version }: ModelRequest) => ({
      model_stats: modelStatisticsOf(
        state,
        [name, version].filter((part) => part !== ""),
      ),
    })),
    RepositoryIndex: calls.answer(async ({ ready }: IndexRequest) => ({
      models: await repositoryIndexOf(host, ready),
    })),
    RepositoryModelLoad: calls.answer(async ({ model_name, parameters }: LoadRequest) => {
      checkChange("load", parameters, control);
      await host.load(model_name);
      return {};
    }),
    RepositoryModelUnload: calls.answer(async ({ model_name, parameters }: LoadRequest) => {
      checkChange("unload", parameters, control);
      await host.unload(model_name);
      return {};
    }),
  };
}
