import java.io.*;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.context.InternalContextAdapter;
import org.apache.velocity.exception.VelocityException;
import org.apache.velocity.runtime.RuntimeServices;
import org.apache.velocity.runtime.directive.Directive;
import org.apache.velocity.runtime.log.LogChute;
import org.apache.velocity.runtime.parser.node.Node;

/**
 * Apache Velocity 1.7 over lines: a template in base64 in, `ok|return|parse|error:EXCEPTION OUTPUT VARIABLES` out, the
 * output and each variable (`name = text`, sorted, with commas between) in base64.
 */
public class Harness {
  public static class Quiet implements LogChute {
    public void init(RuntimeServices services) {}
    public void log(int level, String message) {}
    public void log(int level, String message, Throwable cause) {}
    public boolean isLevelEnabled(int level) { return false; }
  }

  /** AppSync's #return. */
  public static class Return extends Directive {
    static class Signal extends RuntimeException { Signal() { super(null, null, false, false); } }
    public String getName() { return "return"; }
    public int getType() { return LINE; }
    public boolean isScopeProvided() { return false; }
    public boolean render(InternalContextAdapter context, Writer out, Node node) { throw new Signal(); }
  }

  /** The context that tests/support/ran.rs gives too. */
  static VelocityContext context() {
    Map<String, Object> args = new LinkedHashMap<>();
    args.put("s", "abc"); args.put("e", ""); args.put("i", 5); args.put("big", 3000000000L); args.put("d", 1.5);
    args.put("t", true); args.put("f", false); args.put("n", null);
    args.put("l", new ArrayList<Object>(Arrays.<Object>asList(1, 2, 3)));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", 1); map.put("b", "two");
    args.put("m", map);
    Map<String, Object> ctx = new LinkedHashMap<>();
    ctx.put("args", args);
    VelocityContext context = new VelocityContext();
    context.put("ctx", ctx);
    return context;
  }

  static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A list may have changed under its part: then it has no text. */
  static String text(Object value) {
    try {
      return value.toString();
    } catch (ConcurrentModificationException changed) {
      return "…";
    }
  }

  static String variables(VelocityContext context) {
    SortedSet<String> variables = new TreeSet<>();
    for (Object name : context.getKeys()) {
      Object value = context.get((String) name);
      if (!name.equals("ctx") && value != null) variables.add(name + " = " + text(value));
    }
    StringJoiner out = new StringJoiner(",");
    for (String variable : variables) out.add(encode(variable));
    return out.toString();
  }

  public static void main(String[] unused) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem", new Quiet());
    engine.setProperty("userdirective", "Harness$Return");
    engine.init();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "US-ASCII");
    for (String line; (line = in.readLine()) != null; ) {
      String template = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
      StringWriter writer = new StringWriter();
      VelocityContext context = context();
      String end = "ok";
      try {
        engine.evaluate(context, writer, "velocity", template);
      } catch (Return.Signal signal) {
        end = "return";
      } catch (org.apache.velocity.exception.ParseErrorException | org.apache.velocity.exception.TemplateInitException error) {
        end = "parse";
      } catch (Throwable error) {
        while ((error instanceof VelocityException || error instanceof InvocationTargetException) && error.getCause() != null) error = error.getCause();
        end = "error:" + error.getClass().getSimpleName();
      }
      out.println(end + " " + encode(writer.toString()) + " " + (end.startsWith("error") ? "" : variables(context)));
    }
    out.flush();
  }
}
