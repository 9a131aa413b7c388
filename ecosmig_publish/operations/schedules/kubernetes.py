"""A Kubernetes CronJob."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecosmig_publish.operations.schedules.job import RETRY_MINUTE, STOP_LIMIT_S, TIME_LIMIT_S

if TYPE_CHECKING:
    from ecosmig_publish.operations.schedules.job import Job


def cron_job(job: Job) -> str:
    """Return the manifest: one pod at a time, from the image, with the configuration, secrets and state mounted.

    What running again can't mend fails the job at once; another run at work (11) is not counted.
    """
    return f"""\
# ECoS Migration reports: kubectl apply -f ecosmig-cronjob.yaml
# Replace the image, and make what the three volumes name: a ConfigMap, a Secret, a claim for ledger and outbox.
# With the ledger on PostgreSQL several clusters may share it; SQLite needs a volume that one node alone mounts.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: ecosmig
spec:
  schedule: "0,{RETRY_MINUTE} * * * *"
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  # Missed while the cluster was down: the next run issues what was due, one slot after the other.
  startingDeadlineSeconds: 1200
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 10
  jobTemplate:
    spec:
      activeDeadlineSeconds: {TIME_LIMIT_S}
      backoffLimit: 2
      podFailurePolicy:
        rules:
          - action: Ignore
            onPodConditions:
              - type: DisruptionTarget
                status: "True"
          # A person is needed: the same run again would end the same.
          - action: FailJob
            onExitCodes:
              containerName: ecosmig
              operator: In
              values: [1, 2, 11, 20, 21, 22, 23, 30]
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: {STOP_LIMIT_S}
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            fsGroup: 10001
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: ecosmig
              image: {json.dumps(job.image)}
              args: ["publish", "--all", "--quiet", "--config", "/etc/ecosmig/ecosmig.toml"]
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: ["ALL"]
              resources:
                requests: {{cpu: "1", memory: 2Gi}}
                limits: {{memory: 6Gi}}
              volumeMounts:
                - {{name: config, mountPath: /etc/ecosmig, readOnly: true}}
                - {{name: secrets, mountPath: /etc/ecosmig-secrets, readOnly: true}}
                - {{name: state, mountPath: /var/lib/ecosmig}}
                - {{name: scratch, mountPath: /tmp}}
          volumes:
            - name: config
              configMap: {{name: ecosmig}}
            - name: secrets
              secret: {{secretName: ecosmig, defaultMode: 0440}}
            - name: state
              persistentVolumeClaim: {{claimName: ecosmig-state}}
            - name: scratch
              emptyDir: {{}}
"""
