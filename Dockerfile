# The course on a CPU. Not built yet: no docker was at hand where it was written.
#
#     docker build -t aae-course .
#     docker run --rm -p 127.0.0.1:8888:8888 -v aae-data:/data aae-course
#
# With --build-arg PIP_EXTRA_INDEX_URL=..., where PyTorch's page "Get started" says that its CPU
# build lies, the image does without 4.8 GB of libraries for GPUs.
FROM python:3.12-slim

RUN apt-get update && apt-get install -y --no-install-recommends git make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home reader \
    && install -d -o reader /data
ARG PIP_EXTRA_INDEX_URL
WORKDIR /course
COPY . .
RUN pip install --no-cache-dir -c constraints.txt -e ".[notebooks]"

USER reader
ENV AAE_DATA_DIR=/data
WORKDIR /home/reader
RUN aae-course notebooks course
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "course"]
