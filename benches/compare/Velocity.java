import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.apache.velocity.Template;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.runtime.*;
import org.apache.velocity.runtime.log.LogChute;
import org.apache.velocity.runtime.parser.node.SimpleNode;

/** Apache Velocity 1.7, warmed up: evaluations a second with a fresh context each, with JSON parsing, and parses a second. */
public class Velocity {
  public static class Quiet implements LogChute {
    public void init(RuntimeServices services) {}
    public void log(int level, String message) {}
    public void log(int level, String message, Throwable cause) {}
    public boolean isLevelEnabled(int level) { return false; }
  }

  /** What the benchmark's template calls of $util. */
  public static class Util {
    final String mode;
    Util(String mode) { this.mode = mode; }
    public String authType() { return mode; }
    public String qr(Object ignored) { return ""; }
    public String quiet(Object ignored) { return ""; }
    public Object defaultIfNull(Object value, Object other) { return value == null ? other : value; }
    public boolean isString(Object value) { return value instanceof String; }
    public boolean isNull(Object value) { return value == null; }
    public boolean isNullOrEmpty(Object value) {
      return value == null || value instanceof String && ((String) value).isEmpty() || value instanceof Collection && ((Collection<?>) value).isEmpty();
    }
    public Object parseJson(String text) { return new Json(text).read(); }
    public String toJson(Object value) { StringBuilder out = new StringBuilder(); Json.write(value, out); return out.toString(); }
    public String unauthorized() { throw new RuntimeException("Unauthorized"); }
    public String error(String message, String type) { throw new RuntimeException(message); }
  }

  /** Just enough JSON. */
  static class Json {
    final String text; int at;
    Json(String text) { this.text = text; }
    Object read() {
      blanks();
      switch (text.charAt(at)) {
        case '{': { Map<String, Object> map = new LinkedHashMap<>(); at++; blanks();
          while (text.charAt(at) != '}') { String key = string(); blanks(); at++; map.put(key, read()); blanks(); if (text.charAt(at) == ',') { at++; blanks(); } }
          at++; return map; }
        case '[': { List<Object> list = new ArrayList<>(); at++; blanks();
          while (text.charAt(at) != ']') { list.add(read()); blanks(); if (text.charAt(at) == ',') { at++; blanks(); } }
          at++; return list; }
        case '"': return string();
        case 't': at += 4; return true;
        case 'f': at += 5; return false;
        case 'n': at += 4; return null;
        default: { int from = at; while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
          String number = text.substring(from, at);
          if (number.matches("-?\\d{1,9}")) return Integer.parseInt(number);
          if (number.matches("-?\\d{1,18}")) return Long.parseLong(number);
          return Double.parseDouble(number); }
      }
    }
    void blanks() { while (at < text.length() && text.charAt(at) <= ' ') at++; }
    String string() {
      StringBuilder out = null; int from = ++at;
      for (;; at++) {
        char c = text.charAt(at);
        if (c == '"') { String part = text.substring(from, at++); return out == null ? part : out.append(part).toString(); }
        if (c == '\\') {
          if (out == null) out = new StringBuilder();
          out.append(text, from, at); c = text.charAt(++at);
          if (c == 'u') { out.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16)); at += 4; }
          else out.append(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c);
          from = at + 1;
        }
      }
    }
    static void write(Object value, StringBuilder out) {
      if (value instanceof Map) { out.append('{'); String comma = "";
        for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet()) { out.append(comma); write(String.valueOf(e.getKey()), out); out.append(':'); write(e.getValue(), out); comma = ","; }
        out.append('}'); }
      else if (value instanceof Collection) { out.append('['); String comma = "";
        for (Object item : (Collection<?>) value) { out.append(comma); write(item, out); comma = ","; } out.append(']'); }
      else if (value instanceof String) out.append('"').append(((String) value).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")).append('"');
      else out.append(value);
    }
  }

  @SuppressWarnings("unchecked")
  static Object copy(Object value) {
    if (value instanceof Map) { Map<String, Object> map = new LinkedHashMap<>(); ((Map<String, Object>) value).forEach((k, v) -> map.put(k, copy(v))); return map; }
    if (value instanceof List) { List<Object> list = new ArrayList<>(); ((List<Object>) value).forEach(v -> list.add(copy(v))); return list; }
    return value;
  }

  static String evaluate(RuntimeInstance engine, SimpleNode tree, Map<String, Object> members, String mode) throws Exception {
    if (!members.containsKey("args")) members.put("args", members.get("arguments"));
    if (!members.containsKey("stash")) members.put("stash", new LinkedHashMap<String, Object>());
    VelocityContext context = new VelocityContext();
    context.put("ctx", members); context.put("context", members); context.put("util", new Util(mode));
    StringWriter out = new StringWriter();
    try { engine.render(context, out, "t", tree); } catch (Exception refused) { return null; }
    return out.toString();
  }

  interface Work { void run() throws Exception; }

  static double rate(Work work) throws Exception {
    for (long end = System.nanoTime() + 3_000_000_000L; System.nanoTime() < end; ) work.run();
    double best = 0;
    for (int round = 0; round < 5; round++) {
      long start = System.nanoTime(), count = 0;
      while (System.nanoTime() - start < 500_000_000L) { work.run(); count++; }
      best = Math.max(best, count * 1e9 / (System.nanoTime() - start));
    }
    return best;
  }

  /** TEMPLATE CONTEXTS MODE [once]: the first context is timed; all are decided. With `once`, only the first is run. */
  @SuppressWarnings("unchecked")
  public static void main(String[] args) throws Exception {
    String template = new String(Files.readAllBytes(Paths.get(args[0])), StandardCharsets.UTF_8);
    List<String> contexts = Files.readAllLines(Paths.get(args[1]));
    String context = contexts.get(0), mode = args[2];
    RuntimeInstance engine = new RuntimeInstance();
    engine.setProperty("runtime.log.logsystem", new Quiet());
    engine.init();
    SimpleNode tree = engine.parse(new StringReader(template), "t");
    tree.init(new org.apache.velocity.context.InternalContextAdapterImpl(new VelocityContext()), engine);
    Map<String, Object> parsed = (Map<String, Object>) new Json(context).read();
    if (args.length > 3) { System.out.println(evaluate(engine, tree, parsed, mode)); return; }
    List<Object> decisions = new ArrayList<>();
    for (String line : contexts) decisions.add(evaluate(engine, tree, (Map<String, Object>) new Json(line).read(), mode));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("decisions", decisions);
    result.put("evaluate", rate(() -> evaluate(engine, tree, (Map<String, Object>) copy(parsed), mode)));
    result.put("json", rate(() -> evaluate(engine, tree, (Map<String, Object>) new Json(context).read(), mode)));
    result.put("parse", rate(() -> engine.parse(new StringReader(template), "t")));
    StringBuilder out = new StringBuilder(); Json.write(result, out); System.out.println(out);
  }
}
