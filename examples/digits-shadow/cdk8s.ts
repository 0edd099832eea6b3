import { App, Chart } from "cdk8s";
import { ShadowDeployment } from "slipway/cdk8s";
import { name, props } from "./props";

const app = new App();
new ShadowDeployment(new Chart(app, "digits"), name, props);
app.synth();
