export type {
  BatchingConfig,
  BucketsConfig,
  DrainConfig,
  GrpcConfig,
  HttpConfig,
  LogConfig,
  ModelConfig,
  ServerConfig,
  ServerSettings,
} from "./config/settings";
