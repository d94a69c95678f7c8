"""For each make, model and firmware, deploy the service that talks to those devices, the canary's cohorts first."""

import pulumi
import pulumi_kubernetes as kubernetes

import pulumi_fota as fota

# Manifests go to a folder, so that no cluster is needed. Leave the provider out to deploy to yours.
folder = kubernetes.Provider("manifests", render_yaml_to_directory="manifests")

meters = fota.get_devices(fota.read_imeis("meters.csv"))
canary = meters.canary("20%", salt="meters")


def deploy(cohort: fota.Cohort, after: list[pulumi.Resource]) -> kubernetes.apps.v1.Deployment:
    """Deploy what the devices of a cohort talk to."""
    options = pulumi.ResourceOptions(provider=folder, depends_on=after)
    labels = {"app": "meter-service", "cohort": cohort.key}
    config = kubernetes.core.v1.ConfigMap(
        cohort.key,
        metadata={"name": cohort.key, "labels": labels},
        data={
            "make": cohort.make or "",
            "model": cohort.model or "",
            "firmware": cohort.firmware or "",
            "devices": "\n".join(device.imei for device in cohort.devices),
        },
        opts=options,
    )
    return kubernetes.apps.v1.Deployment(
        cohort.key,
        metadata={"name": cohort.key, "labels": labels},
        spec={
            "replicas": 1,
            "selector": {"match_labels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "containers": [
                        {
                            "name": "service",
                            "image": "registry.example.com/meter-service:1",
                            "env_from": [{"config_map_ref": {"name": cohort.key}}],
                        }
                    ]
                },
            },
        },
        opts=pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[config])),
    )


cohorts = sorted(meters.cohorts(), key=lambda cohort: not any(device in canary for device in cohort.devices))
deployed: list[pulumi.Resource] = []
for cohort in cohorts:
    deployed = [deploy(cohort, after=deployed)]

pulumi.export("cohorts", [cohort.key for cohort in cohorts])
