export type {
  BatchingConfig,
  BucketsConfig,
  DrainConfig,
  GrpcConfig,
  HttpConfig,
  LogConfig,
  ModelConfig,
  RepositoryConfig,
  ServerConfig,
  ServerSettings,
  WorkersConfig,
} from "./config/settings";
export type { ComparisonConfig } from "./shadow/settings";
