# Python and the locked dependencies, in a virtual environment: `python -I`, which analyses run with, sees nothing else.
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE}
LABEL io.microbus.project=microbus-operator
RUN python3 -m venv --without-pip /opt/microbus-operator
COPY site/ /opt/microbus-operator/lib/python3.13/site-packages/
RUN /opt/microbus-operator/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/microbus-operator/lib
