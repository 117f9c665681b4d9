"""The published DCSM code in PyTorch, as a peer of the benchmarks.

`dotnet run -c Release --project benchmarks/Dcsm.Benchmarks -- compare` starts it with a folder and a device, and writes one
command a line to it: `load WORK` reads WORK.safetensors and WORK.json of that folder, `check WORK` does the work once and writes the
result to WORK.out (float32), `run WORK` does it once. Each command is answered by a line of JSON with the seconds it took.

Only torch is needed. Sources: Raphoo/DCSM_Ideal_CLIP, evaluating/run_evals.py, training/train.py,
util/models_and_dataloaders.py; transformers, modeling_clip.py.
"""

import json
import os
import struct
import sys
import time

import torch
import torch.nn.functional as F

DEVICE = torch.device(sys.argv[2] if len(sys.argv) > 2 else "cpu")
torch.backends.cudnn.allow_tf32 = False


def read_safetensors(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=8 + length + begin)
        tensors[name] = flat.reshape(entry["shape"]).to(DEVICE, copy=True)
    return tensors


def dense_maps(images, texts, captions, words, rows):
    maps = torch.einsum("bqie,lpte->bpit", images.unsqueeze(1), texts.unsqueeze(0))
    placed = []
    for k, caption in enumerate(captions):
        sentence = caption.split(" ")
        own = maps[:, k, :, :]
        for word in words:
            if word in sentence:
                at = sentence.index(word)
                row = rows[words.index(word)].view(1, -1, 1).repeat(len(images), 1, 1)
                own = torch.concat([own[:, :, :at], row, own[:, :, at + 1 :]], dim=-1)
        placed.append(own)
    return torch.stack(placed, dim=1)


def network(w, maps):
    images, captions = maps.shape[:2]
    x = maps.unsqueeze(2).reshape(images * captions, 1, maps.size(2), maps.size(3))
    x = F.relu(F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=1))
    x = F.relu(F.conv2d(x, w["conv2.weight"], w["conv2.bias"], padding=1))
    x = x.view(images * captions, -1)
    x = F.relu(F.linear(x, w["fc1.weight"], w["fc1.bias"]))
    return F.linear(x, w["fc2.weight"], w["fc2.bias"]).view(images, captions, 1)


class Pairs:
    """Every image with every caption, some images at a time; maps are standardized one by one, to be compared with ours."""

    def __init__(self, w, settings):
        self.w, self.settings = w, settings

    @torch.no_grad()
    def __call__(self):
        scores = []
        for image in self.w["images"].split(self.settings.get("together", 1)):
            maps = dense_maps(image, self.w["texts"], self.settings["captions"], self.settings["words"], self.w["functional_rows"])
            maps = (maps - maps.mean(dim=(2, 3), keepdim=True)) / maps.flatten(2).std(dim=2, keepdim=True).unsqueeze(3)
            scores.append(network(self.w, maps).flatten())
        return torch.cat(scores).cpu()


class Step:
    """An optimizer step of the official training with embeddings at hand; each call goes on from the last one."""

    def __init__(self, w, settings):
        self.w, self.settings = w, settings
        names = ["conv1", "conv2", "fc1", "fc2"]
        self.parameters = [w[f"{n}.{kind}"].requires_grad_() for n in names for kind in ("weight", "bias")]
        self.adam = torch.optim.Adam(self.parameters, lr=settings["rate"])
        self.steps = 0

    def __call__(self):
        self.adam.zero_grad()
        batch = self.steps % len(self.w["images"])
        total = 0.0
        for images, texts, captions in zip(self.w["images"][batch], self.w["texts"][batch], self.settings["captions"][batch]):
            maps = dense_maps(images, texts, captions, self.settings["words"], self.w["functional_rows"])
            maps = (maps - maps.mean()) / maps.std()
            first, second = torch.randperm(maps.shape[0]), torch.randperm(maps.shape[1])
            scores = network(self.w, maps[first][:, second]).squeeze()
            labels = torch.eye(scores.shape[0])[first][:, second]
            loss = F.cross_entropy(scores, labels) + F.cross_entropy(scores.t(), labels.t())
            loss.backward()
            total += loss.item()
        for parameter in self.parameters:
            parameter.grad.data /= 3
        self.adam.step()
        self.steps += 1
        return torch.tensor([total / 3])


class Images:
    """CLIP's image tower, every token projected and of unit length."""

    def __init__(self, w, settings):
        self.w = {name: tensor.half() for name, tensor in w.items()} if settings["half"] else w
        self.settings = settings

    def linear(self, x, name):
        return F.linear(x, self.w[f"{name}.weight"], self.w[f"{name}.bias"])

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.w[f"{name}.weight"], self.w[f"{name}.bias"], 1e-5)

    def attention(self, x, name, heads):
        batch, tokens, width = x.shape
        q, k, v = (
            self.linear(x, f"{name}.{part}_proj").view(batch, tokens, heads, -1).transpose(1, 2).reshape(batch * heads, tokens, -1)
            for part in "qkv"
        )
        weights = F.softmax(torch.bmm(q * (width // heads) ** -0.5, k.transpose(1, 2)), dim=-1)
        mixed = torch.bmm(weights, v).view(batch, heads, tokens, -1).transpose(1, 2).reshape(batch, tokens, width)
        return self.linear(mixed, f"{name}.out_proj")

    @torch.no_grad()
    def __call__(self):
        w, s, pixels = self.w, self.settings, self.w["pixels"]
        name = "vision_model.embeddings"
        x = F.conv2d(pixels, w[f"{name}.patch_embedding.weight"], stride=s["patch"]).flatten(2).transpose(1, 2)
        x = torch.cat([w[f"{name}.class_embedding"].expand(len(pixels), 1, -1), x], dim=1) + w[f"{name}.position_embedding.weight"]
        x = self.norm(x, "vision_model.pre_layrnorm")
        for layer in range(s["layers"]):
            name = f"vision_model.encoder.layers.{layer}"
            x = x + self.attention(self.norm(x, f"{name}.layer_norm1"), f"{name}.self_attn", s["heads"])
            h = self.linear(self.norm(x, f"{name}.layer_norm2"), f"{name}.mlp.fc1")
            x = x + self.linear(h * torch.sigmoid(1.702 * h), f"{name}.mlp.fc2")
        x = F.linear(self.norm(x, "vision_model.post_layernorm"), w["visual_projection.weight"])
        return (x / x.norm(dim=-1, keepdim=True)).float().cpu()


WORKS = {"pairs": Pairs, "latency": Pairs, "step": Step, "images": Images}


def main():
    folder = sys.argv[1]
    torch.set_num_threads(os.cpu_count() or 1)
    works = {}
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        command, name = line.split()
        start = time.perf_counter()
        if command == "load":
            with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
                settings = json.load(file)
            works[name] = WORKS[name.rstrip("0123456789")](read_safetensors(os.path.join(folder, name + ".safetensors")), settings)
        else:
            result = works[name]()
            if command == "check":
                with open(os.path.join(folder, name + ".out"), "wb") as file:
                    file.write(struct.pack(f"<{result.numel()}f", *result.flatten().tolist()))
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)


if __name__ == "__main__":
    main()
