"""The learning half of latentbridge: a folder of samples becomes an ONNX decoder and encoder."""
