import * as pulumi from "@pulumi/pulumi";
import { ShadowDeployment } from "slipway/pulumi";
import { name, props } from "./props";

// The image that you built from serving-image/Dockerfile: `pulumi config set image registry.example.com/serving@sha256:…`
const image = new pulumi.Config().get("image");

const shadow = new ShadowDeployment(name, {
  ...props,
  ...(image !== undefined && { serving: { ...props.serving, image } }),
});

export const timetable = shadow.timetable;
